// Activations and gradients in memory.
import Frames
import Tensors

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

  /// Rows of all pictures.
  var rows: Int { n * h }
}

/// f32 or bf16 NHWC `[n, h, w, c]`, compact or with a border of one pixel of zeros around each picture.
///
/// What 3×3 windows go over has the border, so that no tap needs a test. Whoever writes a row completes its border.
final class BatchTensor {
  let shape: BatchShape
  let real: RealType
  /// Pixels of border on each side, 0 or 1.
  let border: Int
  /// Numbers between rows, and between pictures.
  let rowStride, pictureStride: Int
  private let block: MemoryBlock
  /// Memory of its own; nil where it is part of a plan's.
  private let storage: AlignedMemory?

  /// With memory of its own.
  init(_ shape: BatchShape, border: Int = 0, real: RealType = .f32) {
    (self.shape, self.border, self.real) = (shape, border, real)
    (rowStride, pictureStride) = Self.strides(shape, border)
    let memory = AlignedMemory(byteCount: shape.n * pictureStride * real.byteCount)
    (storage, block) = (memory, MemoryBlock(memory.base))
  }

  /// In a plan's memory, which holds it during `lifetime`.
  init(_ shape: BatchShape, border: Int = 0, real: RealType, in plan: MemoryPlan, lifetime: ClosedRange<Int>) {
    (self.shape, self.border, self.real) = (shape, border, real)
    (rowStride, pictureStride) = Self.strides(shape, border)
    storage = nil
    block = plan.reserve(byteCount: shape.n * pictureStride * real.byteCount, lifetime: lifetime)
  }

  private static func strides(_ shape: BatchShape, _ border: Int) -> (row: Int, picture: Int) {
    let row = (shape.w + 2 * border) * shape.c
    return (row, (shape.h + 2 * border) * row)
  }

  /// Pixel (0, y) of picture `n`, of either type; y may be −1 or h where there is a border.
  func address(_ n: Int, _ y: Int) -> UnsafeMutableRawPointer {
    block.address + (n * pictureStride + (y + border) * rowStride + border * shape.c) * real.byteCount
  }

  /// Row `r` of all pictures one under the other, `0..<n·h`.
  func address(_ r: Int) -> UnsafeMutableRawPointer { address(r / shape.h, r % shape.h) }

  /// Zeroes the border beside row `r` of all pictures, and above and below where it is the first or the last.
  func clearBorder(_ r: Int) {
    guard border == 1 else { return }
    let (n, y, pixel, row) = (r / shape.h, r % shape.h, shape.c * real.byteCount, rowStride * real.byteCount)
    let start = address(n, y) - pixel
    start.initializeMemory(as: UInt8.self, repeating: 0, count: pixel)
    (start + row - pixel).initializeMemory(as: UInt8.self, repeating: 0, count: pixel)
    if y == 0 { (start - row).initializeMemory(as: UInt8.self, repeating: 0, count: row) }
    if y == shape.h - 1 { (start + row).initializeMemory(as: UInt8.self, repeating: 0, count: row) }
  }

  /// As the kernels see it.
  var view: BatchView {
    BatchView(
      address(0), real, rowStride: rowStride, pictureStride: pictureStride, pictures: shape.n, height: shape.h,
      width: shape.w, channels: shape.c)
  }
}

// Tensors of floats.
extension BatchTensor {
  /// The first float of the memory, border included.
  var base: UnsafeMutablePointer<Float> {
    precondition(real == .f32, "not a tensor of floats")
    return block.floats
  }

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

  /// Calls `body` for each run of pixels of `range` (of all pictures in a row, borders left out) that lies in one row.
  func forEachRun(_ range: Range<Int>, _ body: (_ run: UnsafeMutablePointer<Float>, _ pixels: Int) -> Void) {
    var pixel = range.lowerBound
    while pixel < range.upperBound {
      let x = pixel % shape.w
      let count = min(shape.w - x, range.upperBound - pixel)
      body(row(pixel / shape.w) + x * shape.c, count)
      pixel += count
    }
  }
}
