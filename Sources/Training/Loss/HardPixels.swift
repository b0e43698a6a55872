// Which pixels are hard enough to count.

/// Counts labelled pixels by the probability of their label, to find the probability below which the hardest share lies.
struct HardPixels {
  /// Bins of probability; every pixel is in one of them, so no pixel is above a cut of `bins`.
  static let bins = 4096

  private var counts = [Int](repeating: 0, count: bins)
  private var weights = [Double](repeating: 0, count: bins)

  @inline(__always)
  static func bin(_ probability: Float) -> Int { LossBins.index(probability, of: bins) }

  /// Counts the labels of a tile's cells.
  mutating func add(_ tile: SoftmaxTile, _ corner: LabelCorner, codes: LabelCodes) {
    for lane in 0..<tile.count {
      corner.forEach(lane) { label, count in
        let weight = codes.weights[label] * count
        guard weight > 0 else { return }
        let p =
          label < tile.classes
          ? tile.probability(lane, label)
          : min(1, codes.members(label).reduce(0) { $0 + tile.probability(lane, $1) })
        counts[HardPixels.bin(p)] += Int(count)
        weights[HardPixels.bin(p)] += Double(weight)
      }
    }
  }

  mutating func add(_ other: HardPixels) {
    for bin in 0..<HardPixels.bins {
      counts[bin] += other.counts[bin]
      weights[bin] += other.weights[bin]
    }
  }

  /// The highest bin that counts, and the weight of all pixels up to there.
  ///
  /// - Parameters:
  ///   - share: of all pixels that count at least.
  ///   - below: pixels of lower probability count in any case.
  func cut(share: Double, below: Double) -> (bin: Int, weight: Double) {
    let wanted = share * Double(counts.reduce(0, +))
    var (bin, seen) = (0, counts[0])
    while bin < HardPixels.bins - 1, Double(seen) < wanted {
      bin += 1
      seen += counts[bin]
    }
    bin = max(bin, Int(below * Double(HardPixels.bins)) - 1)
    return (bin, weights[...bin].reduce(0, +))
  }
}
