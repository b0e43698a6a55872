// Flat shapes in a frame's own numbers.
import Frames

/// Draws rectangles and text into a frame of our own, in displayed coordinates and 8-bit RGB colours.
///
/// The rectangle is turned to the stored orientation and cut to the picture; chroma samples are filled where the rectangle
/// covers any of their luma.
struct Canvas {
  /// A rectangle of displayed pixels.
  struct Rectangle {
    var x, y, width, height: Int
  }

  let frame: Frame

  /// Size in displayed pixels.
  var size: (width: Int, height: Int) { frame.displaySize }

  /// - Parameter alpha: share of the colour, 0 to 256.
  func fill(_ rectangle: Rectangle, _ color: RGB, alpha: Int = 256) {
    guard let stored = stored(rectangle) else { return }
    let samples = color.samples(format: frame.format, color: frame.color)
    for (number, plane) in frame.planes.enumerated() {
      let isChroma = number > 0 && frame.format.isYUV
      let (shiftX, shiftY) = isChroma ? (frame.format.chromaShiftX, frame.format.chromaShiftY) : (0, 0)
      let (columns, rows) = (
        stored.x >> shiftX..<(stored.x + stored.width - 1) >> shiftX + 1,
        stored.y >> shiftY..<(stored.y + stored.height - 1) >> shiftY + 1
      )
      fill(plane, columns, rows, Int(samples[number]), alpha)
    }
  }

  /// Writes a line of ASCII text; a dot is `dot` × `dot` pixels.
  func write(_ text: String, x: Int, y: Int, dot: Int, _ color: RGB) {
    for (place, character) in text.utf8.enumerated() {
      let left = x + place * Font.advance * dot
      for column in 0..<Font.advance - 1 {
        var row = 0
        while row < Font.height {
          let start = row
          while row < Font.height, Font.dot(character, x: column, y: row) { row += 1 }
          if row > start {
            fill(Rectangle(x: left + column * dot, y: y + start * dot, width: dot, height: (row - start) * dot), color)
          }
          row += 1
        }
      }
    }
  }

  private func fill(_ plane: Plane, _ columns: Range<Int>, _ rows: Range<Int>, _ value: Int, _ alpha: Int) {
    let (keep, add) = (256 - alpha, value * alpha + 128)
    for y in rows {
      if frame.format.bytesPerSample == 2 {
        let row = plane.row16(y)
        for x in columns { row[x] = UInt16((Int(row[x]) * keep + add) >> 8) }
      } else {
        let row = plane.row(y)
        for x in columns { row[x] = UInt8((Int(row[x]) * keep + add) >> 8) }
      }
    }
  }

  /// The stored place of a displayed rectangle, cut to the picture.
  private func stored(_ shown: Rectangle) -> Rectangle? {
    let (left, top) = (max(0, shown.x), max(0, shown.y))
    let (right, bottom) = (min(size.width, shown.x + shown.width) - 1, min(size.height, shown.y + shown.height) - 1)
    guard left <= right, top <= bottom else { return nil }
    let one = frame.rotation.storedPlace(x: left, y: top, width: frame.width, height: frame.height)
    let other = frame.rotation.storedPlace(x: right, y: bottom, width: frame.width, height: frame.height)
    return Rectangle(
      x: min(one.x, other.x), y: min(one.y, other.y), width: abs(one.x - other.x) + 1, height: abs(one.y - other.y) + 1)
  }
}
