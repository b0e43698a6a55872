// Label sets from files: those that come with Verge, and those beside somebody's data.
import Foundation
import Frames
import Settings
import UNet
import Yams

extension ClassList {
  /// The names of the label sets that come with Verge, sorted.
  public static var known: [String] {
    let files = Resources.folder("ClassMaps").flatMap { try? FileManager.default.contentsOfDirectory(atPath: $0) }
    return (files ?? []).filter { $0.hasSuffix(".yaml") && $0 != Meanings.file }.map { String($0.dropLast(5)) }.sorted()
  }

  /// A label set that comes with Verge.
  ///
  /// - Throws: `TrainingError.classes` when there is none of this name.
  public static func named(_ name: String) throws(TrainingError) -> ClassList {
    guard let folder = Resources.folder("ClassMaps"), known.contains(name) else {
      throw .classes("no label set '\(name)'; known ones: \(NearestName.text(unknown: name, known: known))")
    }
    return try ClassList(contentsOf: folder + "/\(name).yaml", name: name)
  }

  /// Reads a list of classes.
  ///
  /// - A text file (.txt, or of no known kind) has a class a line, see `init(lines:name:)`.
  /// - A JSON or YAML file is a list of names or of `{name, color}`, or like those that come with Verge: `classes` with
  ///   `LABEL: [NAME, RED, GREEN, BLUE]`, and `ignored` likewise.
  ///
  /// - Throws: `TrainingError.data` naming the line where it can.
  public init(contentsOf path: String, name: String? = nil) throws(TrainingError) {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {  // the reason is told below
      throw .data(path: path, reason: "cannot be read as a list of classes")
    }
    let isYaml = ["yaml", "yml", "json"].contains((path as NSString).pathExtension.lowercased())
    let lines = text.split(whereSeparator: \.isNewline).map(String.init)
    let content = isYaml ? try Content(yaml: text, path: path) : Content(lines: lines)
    try content.check(path)
    self.init(name: name ?? path, classes: content.classes, ids: content.ids, ignored: content.ignored)
  }

  /// Classes in the order of the labels from 0, each `NAME` or `NAME #rrggbb`; lines that open with `# ` are comments.
  ///
  /// - Throws: `TrainingError.data` when they name no class, too many, or one twice.
  public init(lines: [String], name: String) throws(TrainingError) {
    let content = Content(lines: lines)
    try content.check(name)
    self.init(name: name, classes: content.classes)
  }

  /// What a file lists, not yet checked.
  private struct Content {
    var classes: [PixelClass]
    /// nil: as they are counted.
    var ids: [UInt8]?
    var ignored: [Ignored] = []

    func check(_ path: String) throws(TrainingError) {
      guard !classes.isEmpty, classes.count < Int(ignoreLabel) else {
        throw .data(path: path, reason: "names \(classes.count) classes; there can be 1 to 254")
      }
      let names = classes.map(\.name)
      if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
        throw .data(path: path, reason: "names '\(twice)' twice")
      }
    }

    init(lines: [String]) {
      let lines = lines.map { $0.trimmingCharacters(in: .whitespaces) }
      classes = lines.filter { !$0.isEmpty && !$0.hasPrefix("# ") }.enumerated().map { label, line in
        let words = line.split(separator: " ")
        guard words.count > 1, let color = words.last.flatMap({ ClassColor(String($0)) }) else {
          return PixelClass(name: line, color: standardColor(label))
        }
        return PixelClass(name: words.dropLast().joined(separator: " "), color: color)
      }
    }

    init(yaml text: String, path: String) throws(TrainingError) {
      let root: Node?
      do { root = try Yams.compose(yaml: text) } catch {
        throw .data(path: path, reason: "is not YAML or JSON: \(YamlReading.cause(error))")
      }
      classes = []
      if let list = root?.sequence {
        for node in list { classes.append(try entry(node, label: classes.count, path: path)) }
        return
      }
      guard let table = root?.mapping?["classes"]?.mapping else {
        throw .data(path: path, reason: "holds no list of classes; write - NAME lines, or classes: {0: NAME, …}")
      }
      let entries = try ClassList.entries(table, path: path)
      (classes, ids) = (entries.map(\.entry), entries.map(\.id))
      guard let others = root?.mapping?["ignored"]?.mapping else { return }
      ignored = try ClassList.entries(others, path: path).map { Ignored(id: $0.id, color: $0.entry.color) }
    }
  }

  /// `LABEL: entry` by label.
  private static func entries(
    _ table: Node.Mapping, path: String
  ) throws(TrainingError) -> [(id: UInt8, entry: PixelClass)] {
    var entries: [(id: UInt8, entry: PixelClass)] = []
    for (key, value) in table {
      guard let id = key.scalar.flatMap({ UInt8($0.string) }), id != ignoreLabel else {
        throw .data(path: path, reason: "\(YamlReading.line(key))labels are numbers from 0 to 254")
      }
      entries.append((id, try entry(value, label: entries.count, path: path)))
    }
    return entries
  }

  /// `NAME`, `[NAME, RED, GREEN, BLUE]` or `{name: NAME, color: "#rrggbb"}`.
  private static func entry(_ node: Node, label: Int, path: String) throws(TrainingError) -> PixelClass {
    if let name = node.scalar?.string { return PixelClass(name: name, color: standardColor(label)) }
    if let list = node.sequence, let name = list.first?.scalar?.string {
      let color = list.dropFirst().compactMap { $0.scalar.flatMap { UInt8($0.string) } }
      if list.count == 4, color.count == 3 {
        return PixelClass(name: name, color: ClassColor(color[0], color[1], color[2]))
      }
    }
    if let table = node.mapping, let name = table["name"]?.scalar?.string {
      return PixelClass(
        name: name, color: table["color"]?.scalar.flatMap { ClassColor($0.string) } ?? standardColor(label))
    }
    throw .data(
      path: path, reason: "\(YamlReading.line(node))a class is NAME, [NAME, RED, GREEN, BLUE] or {name: …, color: …}")
  }
}

/// Words for what is wrong with a YAML file.
enum YamlReading {
  /// `line 3: `, or nothing where the line is not known.
  static func line(_ node: Node) -> String { node.mark.map { "line \($0.line): " } ?? "" }

  /// The parser's own words in one line.
  static func cause(_ error: any Error) -> String {
    "\(error)".split(whereSeparator: \.isNewline).first.map(String.init) ?? "\(error)"
  }
}
