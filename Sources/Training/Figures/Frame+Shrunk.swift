// Pictures brought to the size of a cell.
import Frames

extension Frame {
  /// The largest `rgb24` picture of the same shape that fits `width` × `height`; each of its pixels is the mean of those
  /// it stands for.
  func fitted(width: Int, height: Int) -> Frame {
    precondition(format == .rgb24, "figures are made of rgb24, not \(format)")
    let ratio = min(Double(width) / Double(self.width), Double(height) / Double(self.height))
    let columns = max(1, min(width, Int((Double(self.width) * ratio).rounded())))
    let rows = max(1, min(height, Int((Double(self.height) * ratio).rounded())))
    let shrunk = Frame(width: columns, height: rows, format: .rgb24)
    for row in 0..<rows {
      let from = row * self.height / rows
      let span = from..<max(from + 1, (row + 1) * self.height / rows)
      for column in 0..<columns {
        let left = column * self.width / columns
        let mean = mean(left..<max(left + 1, (column + 1) * self.width / columns), span)
        let pixel = shrunk.planes[0].row(row) + 3 * column
        (pixel[0], pixel[1], pixel[2]) = mean
      }
    }
    return shrunk
  }

  private func mean(_ columns: Range<Int>, _ rows: Range<Int>) -> (UInt8, UInt8, UInt8) {
    var (red, green, blue) = (0, 0, 0)
    for row in rows {
      let pixels = planes[0].row(row)
      for column in columns {
        red += Int(pixels[3 * column])
        green += Int(pixels[3 * column + 1])
        blue += Int(pixels[3 * column + 2])
      }
    }
    let count = columns.count * rows.count
    let round = { UInt8(($0 + count / 2) / count) }
    return (round(red), round(green), round(blue))
  }
}
