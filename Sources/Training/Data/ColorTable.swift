// From the colours of masks to labels.
import Frames
import UNet

/// The label of the nearest colour of a palette, for any colour, however JPEG has disturbed it.
final class ColorTable: Sendable {
  /// Bits of red, green and blue that are told apart.
  private static let bits = 5

  private let exact: [RGB: UInt8]

  /// The palette's.
  var colors: some Collection<RGB> { exact.keys }

  /// By the upper bits of red, green and blue.
  private let nearest: [UInt8]

  /// - Throws: `TrainingError.classes` for two classes of the same colour.
  convenience init(_ list: ClassList) throws(TrainingError) {
    var colors: [(color: RGB, label: UInt8)] = []
    for (label, entry) in list.classes.enumerated() {
      let color = RGB(entry.color.red, entry.color.green, entry.color.blue)
      if let other = colors.first(where: { $0.color == color }) {
        throw .classes(
          "\(list.name): \(list.classes[Int(other.label)].name) and \(entry.name) have the same colour \(entry.color)")
      }
      colors.append((color, UInt8(label)))
    }
    for entry in list.ignored {
      let color = RGB(entry.color.red, entry.color.green, entry.color.blue)
      if !colors.contains(where: { $0.color == color }) { colors.append((color, ignoreLabel)) }
    }
    self.init(colors)
  }

  init(_ colors: [(color: RGB, label: UInt8)]) {
    exact = Dictionary(colors.map { ($0.color, $0.label) }) { first, _ in first }
    let side = 1 << Self.bits
    let half = 1 << (7 - Self.bits)
    var table: [UInt8] = []
    table.reserveCapacity(side * side * side)
    for cell in 0..<(side * side * side) {
      let color = (0..<3).map { (cell >> (Self.bits * (2 - $0)) & (side - 1)) << (8 - Self.bits) + half }
      table.append(Self.nearest(to: (color[0], color[1], color[2]), among: colors))
    }
    nearest = table
  }

  /// The label of the nearest colour; 255 when another label's colour is hardly further away.
  private static func nearest(to color: (Int, Int, Int), among colors: [(color: RGB, label: UInt8)]) -> UInt8 {
    var (best, second) = (Int.max, Int.max)
    var label = ignoreLabel
    for entry in colors {
      let parts = (Int(entry.color.red) - color.0, Int(entry.color.green) - color.1, Int(entry.color.blue) - color.2)
      let distance = parts.0 * parts.0 + parts.1 * parts.1 + parts.2 * parts.2
      if distance < best {
        if entry.label != label { second = best }
        (best, label) = (distance, entry.label)
      } else if distance < second, entry.label != label {
        second = distance
      }
    }
    // Squares of distances: clear when the nearest is less than three quarters as far as the next.
    return second == .max || 16 * best < 9 * second ? label : ignoreLabel
  }

  /// The labels of a mask in colours: those of the palette as they are, others by the nearest.
  ///
  /// - Parameters:
  ///   - frame: `rgb24`.
  ///   - left: the first column of the mask.
  func labels(of frame: Frame, from left: Int = 0) -> LabelMap {
    let map = LabelMap(width: frame.width - left, height: frame.height)
    var last = (color: RGB(0, 0, 0), label: label(RGB(0, 0, 0)))
    for y in 0..<map.height {
      let (row, labels) = (frame.planes[0].row(y) + 3 * left, map.labels + y * map.width)
      for x in 0..<map.width {
        let color = RGB(row[3 * x], row[3 * x + 1], row[3 * x + 2])
        if color != last.color { last = (color, label(color)) }
        labels[x] = last.label
      }
    }
    return map
  }

  private func label(_ color: RGB) -> UInt8 {
    if let label = exact[color] { return label }
    func cell(_ value: UInt8) -> Int { Int(value >> UInt8(8 - Self.bits)) }
    return nearest[(cell(color.red) << Self.bits | cell(color.green)) << Self.bits | cell(color.blue)]
  }
}
