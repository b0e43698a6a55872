// The windows of a 3×3 convolution as the rows of a matrix.
import Foundation

/// The inputs of a 3×3 convolution: one tensor, or two whose channels are read one after the other.
struct WindowSource {
  let tensors: [BatchTensor]
  let stride: Int
  /// Size of the output in pixels.
  let outHeight, outWidth: Int

  /// - Parameters:
  ///   - tensors: one or two bordered tensors of equal n, h, w.
  ///   - stride: 1 or 2; h and w are multiples of it.
  init(_ tensors: [BatchTensor], stride: Int = 1) {
    precondition(tensors.allSatisfy { $0.border == 1 }, "a window reads one pixel beyond the picture")
    self.tensors = tensors
    self.stride = stride
    (outHeight, outWidth) = (tensors[0].shape.h / stride, tensors[0].shape.w / stride)
  }

  var channels: Int { tensors.reduce(0) { $0 + $1.shape.c } }

  /// Columns of the matrix: (ky, kx, channel).
  var columns: Int { 9 * channels }

  /// Writes the windows of output pixels `range` (of all pictures in a row) to `matrix` `[range.count, 9·channels]`.
  func copyWindows(_ range: Range<Int>, to matrix: UnsafeMutablePointer<Float>) {
    var pixel = range.lowerBound
    var out = matrix
    while pixel < range.upperBound {
      let x = pixel % outWidth
      let row = pixel / outWidth
      let count = min(outWidth - x, range.upperBound - pixel)
      copyRow(picture: row / outHeight, y: row % outHeight, x: x, count: count, to: out)
      out += count * columns
      pixel += count
    }
  }

  private func copyRow(picture: Int, y: Int, x: Int, count: Int, to out: UnsafeMutablePointer<Float>) {
    for ky in 0..<3 {
      let target = out + 3 * ky * channels
      if tensors.count == 1 {
        let source = tensors[0].row(picture, stride * y + ky - 1) + (stride * x - 1) * channels
        copyRuns(source, step: stride * channels, floats: 3 * channels, to: target, count: count)
      } else {
        var offset = 0
        for tensor in tensors {
          let c = tensor.shape.c
          let source = tensor.row(picture, stride * y + ky - 1) + (stride * x - 1) * c
          for kx in 0..<3 {
            copyRuns(source + kx * c, step: stride * c, floats: c, to: target + kx * channels + offset, count: count)
          }
          offset += c
        }
      }
    }
  }

  /// Copies `count` runs of `floats`, `step` apart in the source and one matrix row apart in the target.
  @inline(__always)
  private func copyRuns(
    _ source: UnsafePointer<Float>, step: Int, floats: Int, to target: UnsafeMutablePointer<Float>, count: Int
  ) {
    var (from, to) = (source, target)
    for _ in 0..<count {
      memcpy(to, from, floats * MemoryLayout<Float>.stride)
      from += step
      to += columns
    }
  }
}
