// Colours that are none of a class list.
import Frames

extension ColorTable {
  /// Share of a mask's pixels whose colours are further from those of all classes than JPEG moves a colour.
  ///
  /// - Parameter frame: `rgb24`; every fourth row and column is looked at.
  func foreignShare(of frame: Frame) -> Double {
    var verdicts: [RGB: Bool] = [:]
    var (foreign, seen) = (0, 0)
    for y in stride(from: 0, to: frame.height, by: 4) {
      let row = frame.planes[0].row(y)
      for x in stride(from: 0, to: frame.width, by: 4) {
        let color = RGB(row[3 * x], row[3 * x + 1], row[3 * x + 2])
        let verdict = verdicts[color] ?? isForeign(color)
        verdicts[color] = verdict
        seen += 1
        if verdict { foreign += 1 }
      }
    }
    return Double(foreign) / Double(max(1, seen))
  }

  private func isForeign(_ color: RGB) -> Bool {
    let reach = 32
    return !colors.contains { other in
      let parts = [(color.red, other.red), (color.green, other.green), (color.blue, other.blue)]
      return parts.reduce(0) { $0 + (Int($1.0) - Int($1.1)) * (Int($1.0) - Int($1.1)) } <= reach * reach
    }
  }
}
