// Which class of a network each label of a data set teaches.
import Frames

/// For each label of a data set a class of the network, a set of classes, or nothing.
public struct ClassMap: Sendable, Hashable {
  /// Codes by source label, as `LabelSets` has them: a class, a set of classes, or 255 for ignored.
  public let table: [UInt8]

  /// Maps by what the names mean, see `ClassMaps/meanings.yaml`, and as `changes` says; what has no counterpart is ignored.
  ///
  /// - Parameters:
  ///   - source: the data set's classes, by label.
  ///   - target: the network's classes.
  ///   - sets: gets the sets of classes that labels stand for.
  /// - Throws: `TrainingError.classes` when not a single class fits, or `changes` names a class that there is not.
  public init(
    from source: [String], to target: [String], changes: ClassMapFile? = nil, sets: inout LabelSets
  ) throws(TrainingError) {
    var classes = try Meanings.load().classes(of: source, in: target)
    try changes?.apply(to: &classes, source: source, target: target)
    var table = [UInt8](repeating: ignoreLabel, count: 256)
    for (label, set) in classes.enumerated() { table[label] = try sets.code(for: set) }
    guard table.contains(where: { $0 != ignoreLabel }) else {
      throw .classes(
        "none of the data's classes \(source.joined(separator: ", ")) is one of the network's, "
          + "\(target.joined(separator: ", ")); say with --map FILE.yaml which is which")
    }
    self.table = table
  }

  /// The map for measuring, where a pixel that may be of several classes says nothing: sets become ignored.
  func withoutSets(classes: Int) -> ClassMap {
    ClassMap(table: table.map { Int($0) < classes ? $0 : ignoreLabel })
  }

  private init(table: [UInt8]) { self.table = table }

  /// Replaces source labels by the network's.
  func apply(to labels: inout [UInt8]) {
    for i in labels.indices { labels[i] = table[Int(labels[i])] }
  }

  /// Whether labels stay as they are.
  var isIdentity: Bool {
    table.enumerated().allSatisfy { $1 == ignoreLabel || Int($1) == $0 }
  }
}

extension ClassMap {
  /// What each label teaches, in words: `vehicles: car or bicyclist`; only labels that do not keep their name.
  public func lines(from source: [String], to target: [String], sets: LabelSets) -> [String] {
    source.enumerated().compactMap { label, name in
      let classes = sets[table[label]].map { target[Int($0)] }
      if classes == [name] { return nil }
      return "\(name): \(classes.isEmpty ? "ignored" : classes.joined(separator: " or "))"
    }
  }
}
