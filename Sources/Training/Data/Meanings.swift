// What classes of different names have in common.
import Foundation
import Yams

/// The things there are to be seen, and which class of a list holds each of them; read from `ClassMaps/meanings.yaml`.
struct Meanings: Sendable {
  static let file = "meanings.yaml"

  /// For each thing the names it may go by, in their plain form, from its own to ever broader ones.
  let chains: [[String]]

  /// - Throws: `TrainingError.data` when the file that came with Verge is missing or damaged.
  static func load() throws(TrainingError) -> Meanings {
    let path = (Resources.folder("ClassMaps") ?? "ClassMaps") + "/" + file
    guard let text = try? String(contentsOfFile: path, encoding: .utf8), let root = try? Yams.compose(yaml: text),
      let table = root.mapping
    else { throw .data(path: path, reason: "is missing or damaged; install Verge again") }
    return Meanings(chains: table.values.map { $0.sequence?.compactMap { $0.scalar.map { plain($0.string) } } ?? [] })
  }

  /// A name without what does not matter: capitals, hyphens, underscores and a plural's s.
  static func plain(_ name: String) -> String {
    let spaced = name.lowercased().map { $0 == "-" || $0 == "_" ? " " : $0 }
    let text = String(spaced).trimmingCharacters(in: .whitespaces)
    let isPlural = text.count > 3 && text.hasSuffix("s") && !text.hasSuffix("ss")
    return isPlural ? String(text.dropLast()) : text
  }

  /// For each label of a list the things it stands for, as places in `chains`.
  private func held(by names: [String]) -> [Set<Int>] {
    var held = [Set<Int>](repeating: [], count: names.count)
    let plainNames = names.map(Self.plain)
    for (thing, chain) in chains.enumerated() {
      guard let label = chain.lazy.compactMap({ plainNames.firstIndex(of: $0) }).first else { continue }
      held[label].insert(thing)
    }
    return held
  }

  /// For each label of `source` the classes of `target` that hold any of the things it stands for; a name that stands for
  /// nothing known is the class of the same name.
  func classes(of source: [String], in target: [String]) -> [Set<UInt8>] {
    if source == target { return source.indices.map { [UInt8($0)] } }
    let (given, wanted) = (held(by: source), held(by: target))
    return zip(source, given).map { name, things in
      if things.isEmpty {
        let equal = target.firstIndex { Self.plain($0) == Self.plain(name) }
        return equal.map { [UInt8($0)] } ?? []
      }
      return Set(wanted.indices.filter { !wanted[$0].isDisjoint(with: things) }.map { UInt8($0) })
    }
  }

  /// For each class of `target` the one of `source` that means the same: of equal name, or the only one that holds the
  /// things it stands for and that holds no others.
  func equals(of target: [String], in source: [String]) -> [Int?] {
    let (there, back) = (classes(of: target, in: source), classes(of: source, in: target))
    return target.indices.map { row in
      if let same = source.firstIndex(of: target[row]) { return same }
      guard there[row].count == 1, let only = there[row].first, back[Int(only)] == [UInt8(row)] else { return nil }
      return Int(only)
    }
  }
}
