// Several data sets as one endless, shuffled, reproducible stream.
import Foundation
import Frames

/// Data sets with their shares of the stream and their class maps to the network's classes.
final class DataMix: Sendable {
  /// One set in the mix.
  struct Part: Sendable {
    let source: any LabelledSource
    /// Share of the stream; all shares add up to 1.
    let share: Double
    let map: ClassMap
  }

  /// Bytes of pictures to keep where nothing else is asked for.
  static let standardMemoryLimit = 2 << 30

  let parts: [Part]
  /// What the label codes of the pictures mean.
  let labelSets: LabelSets
  /// Pictures in an epoch: as many as it takes to see the first set once.
  let epoch: Int
  private let seed: UInt64
  private let cache: PictureCache

  /// - Parameters:
  ///   - shares: weights by source; empty: by number of pictures.
  ///   - memoryLimit: bytes of pictures to keep; those beyond are read each time.
  /// - Throws: `TrainingError.setting` for weights that do not fit, `TrainingError.classes` for unrelated classes.
  init(
    _ sources: [any LabelledSource], shares: [Double], classNames: [String], seed: UInt64,
    memoryLimit: Int = DataMix.standardMemoryLimit
  ) throws(TrainingError) {
    guard !sources.isEmpty else { throw .setting(name: "data", reason: "needs at least one set") }
    let weights = shares.isEmpty ? sources.map { Double($0.count) } : shares
    guard weights.count == sources.count, weights.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw .setting(name: "mix", reason: "needs one weight above 0 for each of the \(sources.count) data sets")
    }
    var parts: [Part] = []
    var sets = LabelSets(classes: classNames.count)
    for (source, weight) in zip(sources, weights) {
      let map = try ClassMap(from: source.classNames, to: classNames, sets: &sets)
      parts.append(Part(source: source, share: weight / weights.reduce(0, +), map: map))
    }
    (self.parts, labelSets) = (parts, sets)
    self.seed = seed
    epoch = max(1, Int((Double(parts[0].source.count) / parts[0].share).rounded()))
    cache = PictureCache(limit: memoryLimit)
  }

  /// Which part and which picture of it come at each place of `positions` in the stream: parts by their shares, a part's
  /// pictures in a new order each time round.
  ///
  /// - Complexity: O(positions.upperBound), once a batch: far below the cost of drawing it.
  func choices(at positions: Range<Int>) -> [(part: Int, index: Int)] {
    var turns = [Int](repeating: 0, count: parts.count)
    if parts.count > 1 {
      for position in 0..<positions.lowerBound { turns[partIndex(at: position)] += 1 }
    } else {
      turns[0] = positions.lowerBound
    }
    return positions.map { position in
      let part = partIndex(at: position)
      defer { turns[part] += 1 }
      return (part, permuted(turns[part], part: part))
    }
  }

  /// Multiples of the golden ratio fill 0…1 evenly at every length, so parts come evenly spread in time.
  private func partIndex(at position: Int) -> Int {
    let place = (Double(position) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1)
    var sum = 0.0
    for (i, part) in parts.enumerated() {
      sum += part.share
      if place < sum { return i }
    }
    return parts.count - 1
  }

  /// The picture at `turn` of a part: each round shows all pictures in an order of its own.
  private func permuted(_ turn: Int, part: Int) -> Int {
    let count = parts[part].source.count
    var random = SeededRandom(seed: seed, index: UInt64(turn / count * parts.count + part))
    return (0..<count).shuffled(using: &random)[turn % count]
  }

  /// A picture with the network's labels, from memory when it was kept.
  ///
  /// - Throws: what the source throws.
  func picture(part: Int, index: Int) throws(TrainingError) -> LabelledPicture {
    if let known = cache[part, index] { return known }
    var picture = try parts[part].source.picture(at: index)
    if !parts[part].map.isIdentity { parts[part].map.apply(to: &picture.labels) }
    cache[part, index] = picture
    return picture
  }

  /// Share of each class among all labelled pixels of the folder parts, weighted by the parts' shares.
  func classShares(classes: Int) throws(TrainingError) -> [Double] {
    var shares = [Double](repeating: 0, count: classes)
    for (p, part) in parts.enumerated() {
      var counts = [Int](repeating: 0, count: 256)
      let step = max(1, part.source.count / 400)
      for index in stride(from: 0, to: part.source.count, by: step) {
        for label in try picture(part: p, index: index).labels { counts[Int(label)] += 1 }
      }
      let total = Double(max(1, counts[0..<classes].reduce(0, +)))
      for c in 0..<classes { shares[c] += part.share * Double(counts[c]) / total }
    }
    return shares
  }
}
