// What tells whether two pictures show the same.
import Frames

/// A picture in 64 bits for a quick look, and 36 × 24 grey values for a closer one.
struct Fingerprint: Sendable {
  /// For each cell of an 8 × 8 grid, whether the one to its right is clearly brighter: unmoved by scale, light and
  /// compression, and by noise where there is nothing to see.
  /// - Source: Krawetz 2013, "Kind of Like That" (dHash).
  let hash: UInt64
  let grid: LumaGrid

  init(_ frame: Frame) {
    grid = LumaGrid(frame, columns: 36, rows: 24)
    var hash: UInt64 = 0
    let margin = 2 * 4 * 3  // two grey values in the mean of a block
    for row in 0..<8 {
      let blocks = (0..<9).map { [grid] in Self.block(grid.values, column: $0, row: row) }
      for column in 0..<8 { hash = hash << 1 | (blocks[column + 1] > blocks[column] + margin ? 1 : 0) }
    }
    self.hash = hash
  }

  /// The sum of the 4 × 3 cells of one of 9 × 8 blocks.
  private static func block(_ values: [UInt8], column: Int, row: Int) -> Int {
    var sum = 0
    for y in 3 * row..<3 * row + 3 {
      for x in 4 * column..<4 * column + 4 { sum += Int(values[36 * y + x]) }
    }
    return sum
  }

  /// How many of the 64 comparisons come out differently.
  func bits(from other: Fingerprint) -> Int { (hash ^ other.hash).nonzeroBitCount }

  /// Correlation of the grey values, -1 to 1; 0 where a picture is of one grey.
  func correlation(with other: Fingerprint) -> Double {
    let count = Double(grid.values.count)
    var (a, b, aa, bb, ab) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for (x, y) in zip(grid.values, other.grid.values) {
      let (x, y) = (Double(x), Double(y))
      (a, b, aa, bb, ab) = (a + x, b + y, aa + x * x, bb + y * y, ab + x * y)
    }
    let spread = (aa - a * a / count) * (bb - b * b / count)
    return spread > 0 ? (ab - a * b / count) / spread.squareRoot() : 0
  }

  /// Mean difference of the grey values, 0 to 255.
  func difference(from other: Fingerprint) -> Double {
    let sum = zip(grid.values, other.grid.values).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
    return Double(sum) / Double(grid.values.count)
  }
}
