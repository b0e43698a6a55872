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

  let parts: [Part]
  /// What the label codes of the pictures mean.
  let labelSets: LabelSets
  /// Pictures in an epoch: as many as it takes to see the first set once.
  let epoch: Int
  /// Pictures that could not be used.
  let skipped: SkippedPictures
  /// Bytes of pictures that are kept.
  let memoryLimit: Int
  private let order: StreamOrder
  private let cache: PictureCache

  /// - Parameters:
  ///   - shares: weights by source; empty: by number of pictures.
  ///   - memoryLimit: bytes of pictures to keep; those beyond are read each time.
  /// - Throws: `TrainingError.setting` for weights that do not fit, `TrainingError.classes` for unrelated classes.
  init(
    _ sources: [any LabelledSource], shares: [Double], classNames: [String], seed: UInt64,
    memoryLimit: Int = CacheSize.automatic.limit
  ) throws(TrainingError) {
    guard !sources.isEmpty else { throw .setting(name: "data", reason: "needs at least one set") }
    let weights = shares.isEmpty ? sources.map { Double($0.count) } : shares
    guard weights.count == sources.count, weights.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw .setting(name: "mix", reason: "needs one weight above 0 for each of the \(sources.count) data sets")
    }
    var parts: [Part] = []
    var sets = LabelSets(classes: classNames.count)
    for (source, weight) in zip(sources, weights) {
      let map = try ClassMap(from: source.classNames, to: classNames, changes: source.changes, sets: &sets)
      parts.append(Part(source: source, share: weight / weights.reduce(0, +), map: map))
    }
    (self.parts, labelSets) = (parts, sets)
    epoch = max(1, Int((Double(parts[0].source.count) / parts[0].share).rounded()))
    skipped = SkippedPictures(count: sources.reduce(0) { $0 + $1.count })
    order = StreamOrder(shares: parts.map(\.share), counts: sources.map(\.count), seed: seed)
    self.memoryLimit = memoryLimit
    cache = PictureCache(limit: memoryLimit)
  }

  /// Which part and which picture of it come at each place of `positions` in the stream.
  func choices(at positions: Range<Int>) -> [(part: Int, index: Int)] { order.choices(at: positions) }

  /// A picture with the network's labels, from memory when it was kept. In place of one that cannot be used comes the next
  /// of its set that can.
  ///
  /// - Throws: `TrainingError.data` when too many cannot be used.
  func picture(part: Int, index: Int) throws(TrainingError) -> LabelledPicture {
    let count = parts[part].source.count
    for place in index..<(index + count) {
      do throws(TrainingError) { return try stored(part: part, index: place % count) } catch { try skipped.add(error) }
    }
    throw .data(path: parts[part].source.specification, reason: "not one picture of it can be used")
  }

  private func stored(part: Int, index: Int) throws(TrainingError) -> LabelledPicture {
    if let known = cache[part, index] { return known }
    var picture = try parts[part].source.picture(at: index)
    if !parts[part].map.isIdentity { parts[part].map.apply(to: &picture.labels) }
    cache[part, index] = picture
    return picture
  }

  /// Share of each class among all labelled pixels, weighted by the parts' shares; a pixel of a set of classes counts for
  /// all of them evenly.
  func classShares(classes: Int) throws(TrainingError) -> [Double] {
    var shares = [Double](repeating: 0, count: classes)
    for (p, part) in parts.enumerated() {
      var counts = [Int](repeating: 0, count: 256)
      let step = max(1, part.source.count / 400)
      for index in stride(from: 0, to: part.source.count, by: step) {
        for label in try picture(part: p, index: index).labels { counts[Int(label)] += 1 }
      }
      let codes = (0..<256).map { labelSets[UInt8($0)] }
      let total = Double(max(1, counts.indices.reduce(0) { $0 + (codes[$1].isEmpty ? 0 : counts[$1]) }))
      for (code, members) in codes.enumerated() {
        for c in members { shares[Int(c)] += part.share * Double(counts[code]) / total / Double(members.count) }
      }
    }
    return shares
  }
}
