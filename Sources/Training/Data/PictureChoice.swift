// A part of a data set's pictures.
import Foundation

/// Part of the pictures by share: whole drives, or single frames where somebody asks for that.
public struct PictureChoice: Sendable, Hashable {
  public enum Unit: String, Sendable {
    /// Whole drives; neighbouring frames stay on one side.
    case drives
    /// Single frames, whose neighbours may be on the other side.
    case random
  }

  public let unit: Unit
  /// Percent of the pictures that the first side gets.
  public let percent: Int
  /// Whether the other side is meant.
  public let isRest: Bool

  /// Reads `drives80`, `random80`, `drives80-rest` or `random80-rest`; nil for any other text.
  init?(_ text: String) {
    isRest = text.hasSuffix("-rest")
    let body = isRest ? text.dropLast(5) : text[...]
    guard let unit = [Unit.drives, .random].first(where: { body.hasPrefix($0.rawValue) }),
      let percent = Int(body.dropFirst(unit.rawValue.count)), (1...99).contains(percent)
    else { return nil }
    (self.unit, self.percent) = (unit, percent)
  }

  /// The chosen ones of `pairs`, in their order.
  ///
  /// - Throws: `TrainingError.data` when a side would be empty.
  func apply(to pairs: [PicturePair], folder: String) throws(TrainingError) -> [PicturePair] {
    let groups = Dictionary(grouping: pairs.indices) { unit == .drives ? pairs[$0].drive : pairs[$0].name }
    guard groups.count > 1 else {
      let what = unit == .drives ? "drive" : "picture"
      throw .data(path: folder, reason: "has only one \(what), which \(self) cannot divide")
    }
    var random = SeededRandom(seed: 0x5EED)
    let order = groups.keys.sorted().shuffled(using: &random)
    let wanted = pairs.count * percent
    var (taken, chosen): (Int, Set<String>) = (0, [])
    for name in order.dropLast() {
      let count = groups[name]?.count ?? 0
      // The nearest to the share: a drive is taken when most of it still belongs to this side; at least one always is.
      guard chosen.isEmpty || 100 * taken + 50 * count <= wanted else { continue }
      taken += count
      chosen.insert(name)
    }
    return groups.filter { chosen.contains($0.key) != isRest }.values.joined().sorted().map { pairs[$0] }
  }
}

extension PictureChoice: CustomStringConvertible {
  public var description: String { "\(unit.rawValue)\(percent)" + (isRest ? "-rest" : "") }
}
