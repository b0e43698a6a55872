// f32 activations and gradients in memory.
import Frames

/// An owned, zeroed, 64-byte aligned array of floats.
final class FloatBuffer {
  let count: Int
  private let memory: AlignedMemory

  init(count: Int) {
    self.count = count
    memory = AlignedMemory(byteCount: count * MemoryLayout<Float>.stride)
  }

  var data: UnsafeMutablePointer<Float> { memory.base.assumingMemoryBound(to: Float.self) }

  var buffer: UnsafeMutableBufferPointer<Float> { UnsafeMutableBufferPointer(start: data, count: count) }

  func fill(_ value: Float) { buffer.update(repeating: value) }
}

/// Sizes of a batch of pictures, `[n, h, w, c]`.
struct BatchShape: Hashable {
  var n, h, w, c: Int

  /// Pixels of all pictures.
  var pixels: Int { n * h * w }
}

/// f32 NHWC `[n, h, w, c]`, compact or with a border of one pixel of zeros around each picture.
///
/// Inputs of 3×3 convolutions have the border, so that no tap needs a test; their outputs are compact, so that a matrix
/// product writes any run of pixels.
final class BatchTensor {
  let shape: BatchShape
  /// Pixels of border on each side, 0 or 1.
  let border: Int
  /// Floats between rows, and between pictures.
  let rowStride, pictureStride: Int
  private let storage: FloatBuffer

  init(_ shape: BatchShape, border: Int = 0) {
    self.shape = shape
    self.border = border
    rowStride = (shape.w + 2 * border) * shape.c
    pictureStride = (shape.h + 2 * border) * rowStride
    storage = FloatBuffer(count: shape.n * pictureStride)
  }

  /// The first float of the memory, border included.
  var base: UnsafeMutablePointer<Float> { storage.data }

  /// Pixel (0, y) of picture `n`; y may be −1 or h where there is a border.
  func row(_ n: Int, _ y: Int) -> UnsafeMutablePointer<Float> {
    base + n * pictureStride + (y + border) * rowStride + border * shape.c
  }

  /// Row `r` of all pictures one under the other, `0..<n·h`.
  func row(_ r: Int) -> UnsafeMutablePointer<Float> { row(r / shape.h, r % shape.h) }

  /// Pixel `p` of a compact tensor, `0..<n·h·w`.
  func pixel(_ p: Int) -> UnsafeMutablePointer<Float> {
    assert(border == 0, "pixels of a bordered tensor are not in one run")
    return base + p * shape.c
  }

  /// Copies pixels `range` (of all pictures in a row, borders left out) to compact memory.
  func copyPixels(_ range: Range<Int>, to target: UnsafeMutablePointer<Float>) {
    var (pixel, out) = (range.lowerBound, target)
    while pixel < range.upperBound {
      let x = pixel % shape.w
      let count = min(shape.w - x, range.upperBound - pixel)
      out.update(from: row(pixel / shape.w) + x * shape.c, count: count * shape.c)
      out += count * shape.c
      pixel += count
    }
  }
}
