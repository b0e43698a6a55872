// Soft Dice loss over a batch.

/// Mean over the batch's classes of 1 − (2·Σ p·g + 1) / (Σ p + Σ g + 1), sums over the pixels of single classes.
///
/// - Source: Milletari, Navab and Ahmadi 2016, section 3, with sums instead of squares; the 1 is one pixel.
struct DiceTerm {
  /// By class.
  private var overlap, predicted, labelled: [Double]

  init(classes: Int) {
    (overlap, predicted) = ([Double](repeating: 0, count: classes), [Double](repeating: 0, count: classes))
    labelled = predicted
  }

  /// Adds a tile's cells.
  mutating func add(_ tile: SoftmaxTile, _ counts: LabelCounts) {
    for c in 0..<tile.classes {
      let p = tile.probabilities[c]
      overlap[c] += Double((p * counts.byClass[c]).sum())
      predicted[c] += Double((p * counts.total).sum())
      labelled[c] += Double(counts.byClass[c].sum())
    }
  }

  mutating func add(_ other: DiceTerm) {
    for c in overlap.indices {
      overlap[c] += other.overlap[c]
      predicted[c] += other.predicted[c]
      labelled[c] += other.labelled[c]
    }
  }

  /// The loss, and by class its derivative by a cell's p as `perLabel` · g + `perPixel` · n, with g of the cell's n pixels
  /// being of the class.
  func finish(weight: Double) -> (loss: Double, slopes: [(perLabel: Float, perPixel: Float)]) {
    let present = labelled.indices.filter { labelled[$0] > 0 }
    var slopes = [(perLabel: Float, perPixel: Float)](repeating: (0, 0), count: labelled.count)
    var loss = 0.0
    for c in present {
      let (above, below) = (2 * overlap[c] + 1, predicted[c] + labelled[c] + 1)
      loss += 1 - above / below
      let share = weight / Double(present.count)
      slopes[c] = (Float(-2 / below * share), Float(above / (below * below) * share))
    }
    return (present.isEmpty ? 0 : weight * loss / Double(present.count), slopes)
  }
}
