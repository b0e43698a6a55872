// A user's own map from a data set's labels to a network's classes.
import Foundation
import Settings
import Yams

/// What `--map FILE.yaml` says: lines `LABEL: CLASS`, `LABEL: [CLASS, CLASS]` or `LABEL: ignore`.
///
/// A label is a name of the data's label set, or its place in the list. Labels that the file leaves out stay as they are
/// without it.
public struct ClassMapFile: Sendable, Hashable {
  public let path: String
  /// Classes by label as written; empty for ignored.
  let entries: [String: [String]]

  /// - Throws: `TrainingError.data` for a file that cannot be read or is no such list.
  public init(contentsOf path: String) throws(TrainingError) {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {  // the reason is told below
      throw .data(path: path, reason: "cannot be read as a class map")
    }
    try self.init(yaml: text, path: path)
  }

  init(yaml text: String, path: String) throws(TrainingError) {
    let root: Node?
    do { root = try Yams.compose(yaml: text) } catch {
      throw .data(path: path, reason: "is not YAML: \(YamlReading.cause(error))")
    }
    guard let table = root?.mapping, !table.isEmpty else {
      throw .data(path: path, reason: "holds no class map; write lines LABEL: CLASS, [CLASS, CLASS] or ignore")
    }
    var entries: [String: [String]] = [:]
    for (key, value) in table {
      let names = value.scalar.map { [$0.string] } ?? value.sequence?.compactMap { $0.scalar?.string } ?? []
      guard let label = key.scalar?.string, !names.isEmpty else {
        throw .data(path: path, reason: "\(YamlReading.line(key))write LABEL: CLASS, [CLASS, CLASS] or ignore")
      }
      entries[label] = names == ["ignore"] ? [] : names
    }
    (self.path, self.entries) = (path, entries)
  }

  /// The place of a label in a list of names, by name or number; nil when it is none.
  private func place(of label: String, in names: [String]) -> Int? {
    names.firstIndex { Meanings.plain($0) == Meanings.plain(label) }
      ?? Int(label).flatMap { names.indices.contains($0) ? $0 : nil }
  }

  /// - Throws: `TrainingError.data` for the first label that no data set has, with the nearest name.
  func check(_ sources: [[String]]) throws(TrainingError) {
    for label in entries.keys.sorted() where !sources.contains(where: { place(of: label, in: $0) != nil }) {
      let names = sources.flatMap { $0 }
      throw .data(
        path: path,
        reason: "no data set has a label '\(label)'; known: \(NearestName.text(unknown: label, known: names))")
    }
  }

  /// Puts the entries over a map.
  ///
  /// - Throws: `TrainingError.data` for a class that the network does not have, with the nearest name.
  func apply(to classes: inout [Set<UInt8>], source: [String], target: [String]) throws(TrainingError) {
    for (label, names) in entries.sorted(by: { $0.key < $1.key }) {
      var set: Set<UInt8> = []
      for name in names {
        guard let index = target.firstIndex(where: { Meanings.plain($0) == Meanings.plain(name) }) else {
          throw .data(
            path: path,
            reason: "the network has no class '\(name)'; its classes: \(NearestName.text(unknown: name, known: target))"
          )
        }
        set.insert(UInt8(index))
      }
      if let place = place(of: label, in: source) { classes[place] = set }
    }
  }
}
