// Shapes with smooth edges on a picture of our own.
import Frames

/// Draws on an `rgb24` frame; places are in pixels, with whole numbers at the corners of pixels.
///
/// What lies beyond the frame is cut off. Equal calls give equal pictures.
final class FigureCanvas {
  let frame: Frame
  /// Coverage of letters already drawn, see `text`.
  var letters: [LetterKey: Letter] = [:]

  init(width: Int, height: Int, background: RGB = .paper) {
    frame = Frame(width: width, height: height, format: .rgb24)
    (frame.color.matrix, frame.color.range) = (0, .full)
    fill(x: 0, y: 0, width: width, height: height, background)
  }

  /// Fills a rectangle of whole pixels.
  func fill(x: Int, y: Int, width: Int, height: Int, _ color: RGB, alpha: Double = 1) {
    for row in max(0, y)..<max(max(0, y), min(frame.height, y + height)) {
      for column in max(0, x)..<max(max(0, x), min(frame.width, x + width)) { blend(column, row, color, alpha) }
    }
  }

  /// Draws the border of a rectangle, one pixel wide, inside it.
  func outline(x: Int, y: Int, width: Int, height: Int, _ color: RGB) {
    fill(x: x, y: y, width: width, height: 1, color)
    fill(x: x, y: y + height - 1, width: width, height: 1, color)
    fill(x: x, y: y + 1, width: 1, height: height - 2, color)
    fill(x: x + width - 1, y: y + 1, width: 1, height: height - 2, color)
  }

  /// Draws a straight line with round ends.
  func line(_ a: (x: Double, y: Double), _ b: (x: Double, y: Double), width: Double, _ color: RGB) {
    let reach = width / 2 + 1
    let columns = Self.span(min(a.x, b.x) - reach, max(a.x, b.x) + reach, limit: frame.width)
    let rows = Self.span(min(a.y, b.y) - reach, max(a.y, b.y) + reach, limit: frame.height)
    let stroke = Stroke(a, b)
    for row in rows {
      for column in columns {
        let distance = stroke.distance(x: Double(column) + 0.5, y: Double(row) + 0.5)
        let coverage = width / 2 + 0.5 - distance
        if coverage > 0 { blend(column, row, color, min(1, coverage)) }
      }
    }
  }

  /// Lays `color` over a pixel.
  func blend(_ x: Int, _ y: Int, _ color: RGB, _ alpha: Double) {
    let pixel = frame.planes[0].row(y) + 3 * x
    let weight = Int((alpha * 256).rounded())
    pixel[0] = UInt8((Int(pixel[0]) * (256 - weight) + Int(color.red) * weight + 128) >> 8)
    pixel[1] = UInt8((Int(pixel[1]) * (256 - weight) + Int(color.green) * weight + 128) >> 8)
    pixel[2] = UInt8((Int(pixel[2]) * (256 - weight) + Int(color.blue) * weight + 128) >> 8)
  }

  /// Copies a picture of its final size.
  func place(_ picture: Frame, x: Int, y: Int) {
    let left = max(0, -x)
    let width = min(picture.width, frame.width - x) - left
    guard width > 0 else { return }
    for row in max(0, -y)..<max(max(0, -y), min(picture.height, frame.height - y)) {
      let target = frame.planes[0].row(y + row) + 3 * (x + left)
      target.update(from: picture.planes[0].row(row) + 3 * left, count: 3 * width)
    }
  }

  private static func span(_ low: Double, _ high: Double, limit: Int) -> Range<Int> {
    let first = max(0, Int(max(-1, low).rounded(.down)))
    return first..<max(first, min(limit, Int(min(Double(limit), high).rounded(.up))))
  }
}

/// A straight stroke of a pen.
struct Stroke {
  private let x, y, dx, dy, square: Double

  init(_ a: (x: Double, y: Double), _ b: (x: Double, y: Double)) {
    (x, y, dx, dy) = (a.x, a.y, b.x - a.x, b.y - a.y)
    square = dx * dx + dy * dy
  }

  /// From a point to the nearest one of the stroke, in pixels.
  func distance(x px: Double, y py: Double) -> Double {
    let (u, v) = (px - x, py - y)
    let along = square == 0 ? 0 : min(1, max(0, (u * dx + v * dy) / square))
    let (restX, restY) = (u - along * dx, v - along * dy)
    return (restX * restX + restY * restY).squareRoot()
  }
}

extension RGB {
  /// Colours of figures: the ground, text, lines of lesser weight.
  static let paper = RGB(255, 255, 255)
  static let ink = RGB(33, 37, 41)
  static let softInk = RGB(95, 103, 112)
  static let gridline = RGB(226, 230, 234)
  static let frameline = RGB(150, 157, 164)

  /// Colours that tell series apart, also for most colour-blind readers.
  /// - Source: Okabe and Ito 2008; the yellow left out, it is faint on white.
  static let series = [
    RGB(0, 114, 178), RGB(213, 94, 0), RGB(0, 158, 115), RGB(204, 121, 167), RGB(86, 180, 233), RGB(230, 159, 0),
    RGB(70, 70, 70),
  ]
}
