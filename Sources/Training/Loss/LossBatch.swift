// The pixels of a batch in tiles of sixteen cells.

/// Logits with the labels they are compared with.
struct LossBatch {
  let logits: BatchTensor
  let labels: UnsafePointer<UInt8>
  let cell: Int

  /// Memory that a tile's terms write to, `[classes]` cells each.
  struct Spare {
    let gradient, slopes: UnsafeMutablePointer<Cells>
    let counts: UnsafeMutablePointer<Float>
  }

  /// Rows of cells of all pictures.
  var rows: Int { logits.shape.n * logits.shape.h }

  /// Floats of scratch memory that `forEachTile` needs.
  static func floats(classes: Int) -> Int {
    SoftmaxTile.floats(classes: classes) + 2 * SoftmaxTile.width * classes + LabelCounts.floats(classes: classes)
  }

  /// Calls `body` with each tile of `range`'s rows, its labels, and its row and column; adds up what it returns.
  @inline(__always)
  func forEachTile(
    _ range: Range<Int>, scratch: UnsafeMutablePointer<Float>,
    _ body: (SoftmaxTile, LabelCorner, Spare, _ row: Int, _ x: Int) -> Double
  ) -> Double {
    let (classes, width) = (logits.shape.c, logits.shape.w)
    var tile = SoftmaxTile(classes: classes, scratch: scratch)
    let free = scratch + SoftmaxTile.floats(classes: classes)
    let cells = UnsafeMutableRawPointer(free).assumingMemoryBound(to: Cells.self)
    let spare = Spare(
      gradient: cells, slopes: cells + classes, counts: free + 2 * SoftmaxTile.width * classes)
    var sum = 0.0
    for row in range {
      let line = logits.row(row)
      for x in stride(from: 0, to: width, by: SoftmaxTile.width) {
        tile.load(line + x * classes, count: min(SoftmaxTile.width, width - x))
        let corner = LabelCorner(
          labels: labels + (row * width * cell + x) * cell, stride: width * cell, cell: cell)
        sum += body(tile, corner, spare, row, x)
      }
    }
    return sum
  }

  /// The weight of all labelled pixels of a picture.
  func weight(of picture: Int, _ codes: LabelCodes) -> Double {
    let count = logits.shape.h * logits.shape.w * cell * cell
    let first = labels + picture * count
    var histogram = [Int](repeating: 0, count: 256)
    histogram.withUnsafeMutableBufferPointer { histogram in
      for i in 0..<count { histogram[Int(first[i])] += 1 }
    }
    return histogram.indices.reduce(0.0) { $0 + Double(codes.weights[$1]) * Double(histogram[$1]) }
  }
}
