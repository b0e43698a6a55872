// Labels between the cells of a label map, with smooth borders.

/// Gives each sample of a plane the label that has most weight among the four cells around it.
///
/// A cell weighs as in bilinear interpolation, in integers; cells of one label weigh together, and on ties the lowest label
/// wins. Straight borders stay where the nearest label has them, stairs become slopes, and a line one cell wide keeps its
/// width. Samples between four cells of one label need no vote, so only borders cost time.
///
/// Used by one stage at a time.
final class SmoothLabels {
  /// Parts of a cell that places are counted in.
  static let parts = 256

  /// The two cells that a sample lies between, as offsets into the map, and the share of the second, 0 to 255.
  private struct Place {
    var low, high, share: Int

    init(_ side: MapSide, _ sample: Int) {
      let place = side.place(sample, parts: SmoothLabels.parts) - SmoothLabels.parts / 2
      let cell = place >> 8
      low = max(0, cell) * side.step
      high = min(side.count - 1, cell + 1) * side.step
      share = place & 255
    }

    func liesBetween(_ low: Int, _ high: Int) -> Bool { (self.low, self.high) == (low, high) }
  }

  /// Samples of a row that lie between the same two columns of cells.
  private struct Span {
    var samples: Range<Int>
    var low, high: Int
  }

  /// A span whose four cells differ.
  private struct Border {
    var samples: Range<Int>
    var labels: (UInt8, UInt8, UInt8, UInt8)
  }

  private let rows: [Place]
  private let shares: [Int]
  private let spans: [Span]
  /// The borders between the two rows of cells that were looked at last.
  private var borders: [Border] = []

  init(_ key: LabelMapping.Key) {
    let sides = key.sides
    rows = (0..<sides.rows.samples).map { Place(sides.rows, $0) }
    let columns = (0..<sides.columns.samples).map { Place(sides.columns, $0) }
    shares = columns.map(\.share)
    var spans: [Span] = []
    for (x, place) in columns.enumerated() {
      if let last = spans.last, place.liesBetween(last.low, last.high) {
        spans[spans.count - 1].samples = last.samples.lowerBound..<x + 1
      } else {
        spans.append(Span(samples: x..<x + 1, low: place.low, high: place.high))
      }
    }
    self.spans = spans
    borders.reserveCapacity(spans.count)
  }

  /// Writes the labels of row `y`, u8, one a sample.
  ///
  /// - Parameter line: where row `y - 1` was written to; rows are taken in order.
  func expand(_ labels: UnsafePointer<UInt8>, row y: Int, into line: UnsafeMutablePointer<UInt8>) {
    if y == 0 || !rows[y].liesBetween(rows[y - 1].low, rows[y - 1].high) {
      findBorders(labels + rows[y].low, labels + rows[y].high, line)
    }
    let share = rows[y].share
    shares.withUnsafeBufferPointer { shares in
      for border in borders { Self.vote(border, shares, share, line) }
    }
  }

  /// Fills in what is certain between two rows of cells, and notes the rest.
  private func findBorders(
    _ upper: UnsafePointer<UInt8>, _ lower: UnsafePointer<UInt8>, _ line: UnsafeMutablePointer<UInt8>
  ) {
    borders.removeAll(keepingCapacity: true)
    for span in spans {
      let four = (upper[span.low], upper[span.high], lower[span.low], lower[span.high])
      if four.0 == four.1, four.0 == four.2, four.0 == four.3 {
        (line + span.samples.lowerBound).update(repeating: four.0, count: span.samples.count)
      } else {
        borders.append(Border(samples: span.samples, labels: four))
      }
    }
  }

  private static func vote(
    _ border: Border, _ shares: UnsafeBufferPointer<Int>, _ down: Int, _ line: UnsafeMutablePointer<UInt8>
  ) {
    let (a, b, c, d) = border.labels
    for x in border.samples {
      let across = shares[x]
      let (left, right) = (parts - across, across)
      let (upper, lower) = (parts - down, down)
      let weights = (left * upper, right * upper, left * lower, right * lower)
      func weight(_ label: UInt8) -> Int {
        (a == label ? weights.0 : 0) + (b == label ? weights.1 : 0) + (c == label ? weights.2 : 0)
          + (d == label ? weights.3 : 0)
      }
      var (best, most) = (a, weight(a))
      func hear(_ label: UInt8) {
        let sum = weight(label)
        if sum > most || sum == most && label < best { (best, most) = (label, sum) }
      }
      hear(b)
      hear(c)
      hear(d)
      line[x] = best
    }
  }
}
