// The picture while it is painted: colour and label of a pixel are always written together.
import Frames

/// A picture of packed colours with a label map beside it.
///
/// A pixel belongs to a shape where its centre lies inside. Painters go from far to near, so what is painted last is what
/// one sees; shadows, reflections and glows change colours only.
final class Canvas {
  let width, height: Int
  /// Pixels from a row to the next: an odd number of cache lines, so that columns spread over the cache.
  let stride: Int
  let inks: UnsafeMutablePointer<UInt32>
  /// Where labels go; rows without padding.
  var labels: UnsafeMutablePointer<UInt8>
  /// Corners of the polygon that is being made.
  private let corners: UnsafeMutablePointer<SIMD2<Float>>
  private var cornerCount = 0
  private let memory: AlignedMemory

  init(width: Int, height: Int, labels: UnsafeMutablePointer<UInt8>) {
    self.width = width
    self.height = height
    self.labels = labels
    stride = ((width + 15) / 16 | 1) * 16
    memory = AlignedMemory(byteCount: stride * height * 4)
    inks = memory.base.assumingMemoryBound(to: UInt32.self)
    corners = .allocate(capacity: 32)
    corners.initialize(repeating: .zero, count: 32)
  }

  deinit { corners.deallocate() }

  /// The first pixel whose centre is not left of (above) `place`.
  @inline(__always)
  static func pixel(_ place: Float) -> Int { Int(min(1e6, max(-1e6, (place - 0.5).rounded(.up)))) }

  @inline(__always)
  func columns(_ left: Float, _ right: Float) -> Range<Int> { Self.clip(left, right, width) }

  @inline(__always)
  func rows(_ top: Float, _ bottom: Float) -> Range<Int> { Self.clip(top, bottom, height) }

  @inline(__always)
  private static func clip(_ low: Float, _ high: Float, _ count: Int) -> Range<Int> {
    let first = min(count, max(0, pixel(low)))
    return first..<max(first, min(count, pixel(high)))
  }

  /// One colour over part of a row.
  @inline(__always)
  func span(_ y: Int, _ columns: Range<Int>, _ ink: Ink, _ label: SceneClass) {
    guard !columns.isEmpty else { return }
    (inks + y * stride + columns.lowerBound).update(repeating: ink.bits, count: columns.count)
    (labels + y * width + columns.lowerBound).update(repeating: label.rawValue, count: columns.count)
  }

  /// Darkens part of a row to `factor` / 256.
  @inline(__always)
  func shade(_ y: Int, _ columns: Range<Int>, _ factor: UInt32) {
    let row = inks + y * stride
    for x in columns { row[x] = Ink(bits: row[x]).scaled(by: factor).bits }
  }

  func rect(_ left: Float, _ top: Float, _ right: Float, _ bottom: Float, _ ink: Ink, _ label: SceneClass) {
    let columns = columns(left, right)
    for y in rows(top, bottom) { span(y, columns, ink, label) }
  }
}

// Convex polygons.
extension Canvas {
  /// Starts a polygon.
  func begin() { cornerCount = 0 }

  /// Adds a corner; 32 at most.
  func corner(_ point: SIMD2<Float>) {
    corners[cornerCount] = point
    cornerCount += 1
  }

  /// Twice the area; above 0 where the corners go clockwise on the screen.
  var area: Float {
    var sum: Float = 0
    var last = corners[cornerCount - 1]
    for index in 0..<cornerCount {
      let next = corners[index]
      sum += last.x * next.y - next.x * last.y
      last = next
    }
    return sum
  }

  /// Pulls the corners towards their middle, to `factor` of their distance.
  func shrink(_ factor: Float) {
    var middle = SIMD2<Float>.zero
    for index in 0..<cornerCount { middle += corners[index] }
    middle /= Float(cornerCount)
    for index in 0..<cornerCount { corners[index] = middle + (corners[index] - middle) * factor }
  }

  func fill(_ ink: Ink, _ label: SceneClass) {
    scan { y, columns in span(y, columns, ink, label) }
  }

  /// One colour at the top that becomes another at the bottom.
  func fill(from top: Ink, to bottom: Ink, _ label: SceneClass) {
    let rows = rowsOfPolygon
    let step = 256 / Float(max(1, rows.count))
    scan { y, columns in
      span(y, columns, top.mixed(with: bottom, by: UInt32(Float(y - rows.lowerBound) * step)), label)
    }
  }

  /// Darkens what is inside to `factor` / 256.
  func shade(_ factor: UInt32) {
    scan { y, columns in shade(y, columns, factor) }
  }

  private var rowsOfPolygon: Range<Int> {
    var (top, bottom) = (Float.infinity, -Float.infinity)
    for index in 0..<cornerCount {
      top = min(top, corners[index].y)
      bottom = max(bottom, corners[index].y)
    }
    return rows(top, bottom)
  }

  /// Gives the part of each row that lies between the leftmost and the rightmost edge.
  @inline(__always)
  private func scan(_ paint: (Int, Range<Int>) -> Void) {
    guard cornerCount > 2 else { return }
    for y in rowsOfPolygon {
      let middle = Float(y) + 0.5
      var (left, right) = (Float.infinity, -Float.infinity)
      var last = corners[cornerCount - 1]
      for index in 0..<cornerCount {
        let next = corners[index]
        if (last.y <= middle) != (next.y <= middle) {
          let x = last.x + (next.x - last.x) * ((middle - last.y) / (next.y - last.y))
          left = min(left, x)
          right = max(right, x)
        }
        last = next
      }
      if left < right { paint(y, columns(left, right)) }
    }
  }

  /// An upright ellipse.
  func ellipse(_ center: SIMD2<Float>, _ radiusX: Float, _ radiusY: Float, _ ink: Ink, _ label: SceneClass) {
    for y in rows(center.y - radiusY, center.y + radiusY) {
      let part = (Float(y) + 0.5 - center.y) / radiusY
      let half = radiusX * max(0, 1 - part * part).squareRoot()
      span(y, columns(center.x - half, center.x + half), ink, label)
    }
  }
}
