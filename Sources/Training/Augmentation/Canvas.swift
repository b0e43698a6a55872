// A picture being varied.
import Foundation
import Frames
import Synchronization

/// Red, green and blue planes, f32 0…1, with room around each row for vectors and neighbours; and the labels.
final class Canvas: @unchecked Sendable {  // used by one thread at a time: that which took it from its pool
  let width, height: Int
  /// Floats between rows.
  let stride: Int
  /// Floats before the first pixel of a row, and at least as many after the last.
  static let margin = 16
  private(set) var planes: [FloatBuffer]
  /// One more plane, to work in.
  private(set) var spare: FloatBuffer
  private let labelMemory: AlignedMemory

  init(width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    stride = (width + 15) / 16 * 16 + 2 * Canvas.margin
    let count = stride * height
    planes = (0..<3).map { _ in FloatBuffer(count: count) }
    spare = FloatBuffer(count: count)
    labelMemory = AlignedMemory(byteCount: width * height)
  }

  /// u8 `[height, width]`.
  var labels: UnsafeMutablePointer<UInt8> { labelMemory.base.assumingMemoryBound(to: UInt8.self) }

  /// Groups of eight that hold a row.
  var groups: Int { (width + 7) / 8 }

  /// Pixel 0 of a row, on a multiple of 64 bytes.
  @inline(__always)
  func row(_ plane: Int, _ y: Int) -> UnsafeMutablePointer<Float> {
    planes[plane].data + y * stride + Canvas.margin
  }

  @inline(__always)
  func spareRow(_ y: Int) -> UnsafeMutablePointer<Float> { spare.data + y * stride + Canvas.margin }

  /// Makes the spare plane a colour plane, and the other way round.
  func exchangeSpare(with plane: Int) { swap(&planes[plane], &spare) }

  /// Repeats the first and last pixel of each row of a plane in its margins.
  func extendRows(_ plane: Int) {
    for y in 0..<height {
      let line = row(plane, y)
      (line - Canvas.margin).update(repeating: line[0], count: Canvas.margin)
      (line + width).update(repeating: line[width - 1], count: stride - width - Canvas.margin)
    }
  }

  /// Changes all pixels, eight at a time.
  @inline(__always)
  func map(_ body: (_ red: inout Lanes, _ green: inout Lanes, _ blue: inout Lanes) -> Void) {
    for y in 0..<height {
      let (red, green, blue) = (lanes(row(0, y)), lanes(row(1, y)), lanes(row(2, y)))
      for i in 0..<groups { body(&red[i], &green[i], &blue[i]) }
    }
  }

  /// Writes the picture as f32 `[height, width, 3]`, bounded to 0…1, and the labels.
  func store(to rgb: UnsafeMutablePointer<Float>, labels target: UnsafeMutablePointer<UInt8>) {
    target.update(from: labels, count: width * height)
    for y in 0..<height {
      let (red, green, blue) = (row(0, y), row(1, y), row(2, y))
      var target = rgb + 3 * y * width
      for x in 0..<width {
        target[0] = min(1, max(0, red[x]))
        target[1] = min(1, max(0, green[x]))
        target[2] = min(1, max(0, blue[x]))
        target += 3
      }
    }
  }
}

/// Canvases of one size that are used again and again.
final class CanvasPool: Sendable {
  private let width, height: Int
  private let free = Mutex<[Canvas]>([])

  init(width: Int, height: Int) { (self.width, self.height) = (width, height) }

  /// Lends a canvas; its content is undefined.
  func withCanvas<R>(_ body: (Canvas) -> R) -> R {
    let canvas = free.withLock { $0.popLast() } ?? Canvas(width: width, height: height)
    defer { free.withLock { $0.append(canvas) } }
    return body(canvas)
  }
}
