// A picture's brightness on a coarse grid.
import Frames

/// Mean luma u8 `[rows, columns]` of the cells of a grid over a picture.
struct LumaGrid: Sendable {
  let columns, rows: Int
  let values: [UInt8]

  /// - Parameter frame: `rgb24`.
  init(_ frame: Frame, columns: Int, rows: Int) {
    precondition(frame.format == .rgb24, "luma is taken from rgb24, not \(frame.format)")
    (self.columns, self.rows) = (columns, rows)
    let lefts = (0...columns).map { $0 * frame.width / columns }
    values = [UInt8](unsafeUninitializedCapacity: columns * rows) { values, count in
      for row in 0..<rows {
        let top = row * frame.height / rows
        let bottom = max(top + 1, (row + 1) * frame.height / rows)
        for column in 0..<columns {
          let (left, right) = (lefts[column], max(lefts[column] + 1, lefts[column + 1]))
          values[row * columns + column] = Self.mean(frame.planes[0], left, right, top, bottom)
        }
      }
      count = columns * rows
    }
  }

  /// A grid of the picture's shape, at most `width` cells wide and never finer than its pixels.
  init(_ frame: Frame, width: Int) {
    let columns = min(width, frame.width)
    self.init(frame, columns: columns, rows: max(1, (frame.height * columns + frame.width / 2) / frame.width))
  }

  private static func mean(_ plane: Plane, _ left: Int, _ right: Int, _ top: Int, _ bottom: Int) -> UInt8 {
    var sum = 0
    for y in top..<bottom {
      let row = plane.row(y)
      for x in left..<right { sum += 77 * Int(row[3 * x]) + 150 * Int(row[3 * x + 1]) + 29 * Int(row[3 * x + 2]) }
    }
    let count = 256 * (right - left) * (bottom - top)
    return UInt8((sum + count / 2) / count)
  }
}
