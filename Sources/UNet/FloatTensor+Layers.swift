// The float reference's operations on activations `[H, W, C]`.

extension FloatTensor {
  /// Convolution with an odd window and "same" zero padding: output (y, x) reads rows y·stride − k/2 … y·stride + k/2.
  ///
  /// - Parameters:
  ///   - weight: `[O, k, k, C]`.
  ///   - bias: `[O]`.
  func convolved(_ weight: FloatTensor, _ bias: [Float], stride: Int) -> FloatTensor {
    let (height, width, channels) = (shape[0], shape[1], shape[2])
    let (outputs, window) = (weight.shape[0], weight.shape[1])
    var result = FloatTensor(zeros: [height / stride, width / stride, outputs])
    values.withUnsafeBufferPointer { input in
      weight.values.withUnsafeBufferPointer { weights in
        result.fill { y, x, o in
          var sum = bias[o]
          for ky in 0..<window {
            for kx in 0..<window {
              let (row, column) = (y * stride + ky - window / 2, x * stride + kx - window / 2)
              guard row >= 0, row < height, column >= 0, column < width else { continue }
              let pixel = input.baseAddress! + (row * width + column) * channels
              let tap = weights.baseAddress! + ((o * window + ky) * window + kx) * channels
              for c in 0..<channels { sum += pixel[c] * tap[c] }
            }
          }
          return sum
        }
      }
    }
    return result
  }

  /// Transposed convolution of stride 2 with a window of 2, or of 4 and a padding of 1: output (2y−p+ky, 2x−p+kx) sums
  /// weight[ky][kx] · input (y, x).
  ///
  /// - Parameters:
  ///   - weight: `[O, k, k, C]`.
  ///   - bias: `[O]`.
  func transposeConvolved(_ weight: FloatTensor, _ bias: [Float]) -> FloatTensor {
    let (height, width, channels) = (shape[0], shape[1], shape[2])
    let window = weight.shape[1]
    let padding = (window - 2) / 2
    var result = FloatTensor(zeros: [2 * height, 2 * width, weight.shape[0]])
    values.withUnsafeBufferPointer { input in
      weight.values.withUnsafeBufferPointer { weights in
        result.fill { y, x, o in
          var sum = bias[o]
          for ky in stride(from: (y + padding) % 2, to: window, by: 2) {
            for kx in stride(from: (x + padding) % 2, to: window, by: 2) {
              // Below 0 only where ky or kx is larger: a division that truncates would take −1 for 0.
              let (row, column) = ((y + padding - ky) >> 1, (x + padding - kx) >> 1)
              guard row >= 0, row < height, column >= 0, column < width else { continue }
              let pixel = input.baseAddress! + (row * width + column) * channels
              let tap = weights.baseAddress! + ((o * window + ky) * window + kx) * channels
              for c in 0..<channels { sum += pixel[c] * tap[c] }
            }
          }
          return sum
        }
      }
    }
    return result
  }

  /// The 2×2 maximum with stride 2.
  func pooled() -> FloatTensor {
    let (width, channels) = (shape[1], shape[2])
    var result = FloatTensor(zeros: [shape[0] / 2, width / 2, channels])
    result.fill { y, x, c in
      let first = (2 * y * width + 2 * x) * channels + c
      let second = first + width * channels
      return max(max(values[first], values[first + channels]), max(values[second], values[second + channels]))
    }
    return result
  }

  /// The channels of `self` and then those of `other`, pixel by pixel.
  func joined(with other: FloatTensor) -> FloatTensor {
    let (first, second) = (shape[2], other.shape[2])
    var result = FloatTensor(zeros: [shape[0], shape[1], first + second])
    let width = shape[1]
    result.fill { y, x, c in
      let pixel = y * width + x
      return c < first ? values[pixel * first + c] : other.values[pixel * second + c - first]
    }
    return result
  }

  /// max(0, x).
  func rectified() -> FloatTensor { FloatTensor(shape: shape, values: values.map { max(0, $0) }) }

  private mutating func fill(_ value: (_ y: Int, _ x: Int, _ channel: Int) -> Float) {
    let (width, channels) = (shape[1], shape[2])
    let height = shape[0]
    values.withUnsafeMutableBufferPointer { output in
      for y in 0..<height {
        for x in 0..<width {
          for c in 0..<channels { output[(y * width + x) * channels + c] = value(y, x, c) }
        }
      }
    }
  }
}
