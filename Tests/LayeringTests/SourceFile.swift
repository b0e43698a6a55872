// A Swift source file as the checks see it: lines, imports, and code without comments and text.
import Foundation

struct SourceFile {
  /// The folder under `Sources`, which is the target's name.
  let target: String
  let name: String
  let lines: [Substring]

  init(target: String, name: String, text: String) {
    self.target = target
    self.name = name
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// The Swift files under `Sources` of the package this test was built from, without those that a generator wrote.
  static func all() throws -> [SourceFile] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let sources = root.appending(path: "Sources")
    let targets = try FileManager.default.contentsOfDirectory(atPath: sources.path).sorted()
    return try targets.flatMap { target in
      let folder = sources.appending(path: target)
      let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter {
        $0.hasSuffix(".swift") && !$0.hasSuffix(".pb.swift")
      }
      return try names.sorted().map { name in
        let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
        return SourceFile(target: target, name: name, text: text)
      }
    }
  }

  /// The modules that the file imports, whatever access level or attribute stands before `import`.
  var imports: [String] {
    lines.compactMap { line in
      let words = line.split(separator: " ")
      guard let place = words.firstIndex(of: "import"), words[..<place].allSatisfy(Self.mayPrecedeImport) else {
        return nil
      }
      let kinds: Set<Substring> = ["class", "enum", "func", "protocol", "struct", "typealias", "var", "let"]
      let name = words[(place + 1)...].first { !kinds.contains($0) }
      return name.map { String($0.prefix { $0 != "." && $0 != ";" }) }
    }
  }

  /// The lines without `//` comments and without what stands between quotes, with their numbers from 1.
  var code: [(number: Int, text: String)] {
    lines.enumerated().map { ($0.offset + 1, Self.withoutTextAndComment($0.element)) }
  }

  private static func mayPrecedeImport(_ word: Substring) -> Bool {
    word.hasPrefix("@") || ["public", "package", "internal", "fileprivate", "private"].contains(word)
  }

  private static func withoutTextAndComment(_ line: Substring) -> String {
    let halves = line.split(separator: "\"", omittingEmptySubsequences: false)
    let code = stride(from: 0, to: halves.count, by: 2).map { String(halves[$0]) }.joined(separator: "\"\"")
    return code.range(of: "//").map { String(code[..<$0.lowerBound]) } ?? code
  }
}
