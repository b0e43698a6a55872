// A matched layer's weights in the order of the model file.
import UNet

extension MatchedLayer {
  /// A convolution's weights as `[O, k, k, I]`, with a batch norm where exactly one follows, else with a bias.
  ///
  /// - Parameters:
  ///   - factors: of the input channels, multiplied into the weights.
  ///   - rotation: input channels that come first in the graph and last in Verge.
  func weights(scaledBy factors: [Float]? = nil, rotatedBy rotation: Int = 0) throws(Unmappable) -> LayerWeights {
    let (outputs, inputs, area) = (window.outputs, window.inputs, window.side * window.side)
    var values = [Float](repeating: 0, count: outputs * area * inputs)
    for o in 0..<outputs {
      for i in 0..<inputs {
        let place = (i + inputs - rotation) % inputs
        for tap in 0..<area {
          values[(o * area + tap) * inputs + place] = window.weights[(o * inputs + i) * area + tap] * (factors?[i] ?? 1)
        }
      }
    }
    return try finished(FloatTensor(shape: [outputs, window.side, window.side, inputs], values: values))
  }

  /// An enlarging layer's weights as `[O, window, window, I]` of a transposed convolution.
  func upWeights(window size: Int) throws(Unmappable) -> LayerWeights {
    let taps = try enlargement()
    let (outputs, inputs, side, first) = (window.outputs, window.inputs, window.side, (4 - size) / 2)
    var values = [Float](repeating: 0, count: outputs * size * size * inputs)
    for (ty, ky) in taps.rows {
      for (tx, kx) in taps.columns {
        for o in 0..<outputs {
          for i in 0..<inputs {
            let from = isTransposed ? (i * outputs + o) : (o * inputs + i)
            let place = ((o * size + ty - first) * size + tx - first) * inputs + i
            values[place] += window.weights[(from * side + ky) * side + kx]
          }
        }
      }
    }
    return try finished(FloatTensor(shape: [outputs, size, size, inputs], values: values)).folded()
  }

  /// Which taps of a 4×4 transposed convolution of padding 1 each tap of this layer's window becomes, by axis.
  struct Enlargement {
    let rows, columns: [(tap: Int, own: Int)]

    /// Whether a 2×2 window without padding holds them.
    var isSmall: Bool { (rows + columns).allSatisfy { $0.tap == 1 || $0.tap == 2 } }
  }

  /// - Throws: `Unmappable` when an output pixel reads more than 2×2 pixels, or the size is not doubled.
  func enlargement() throws(Unmappable) -> Enlargement {
    guard outputSize.height == 2 * inputSize.height, outputSize.width == 2 * inputSize.width else {
      throw Unmappable(
        label,
        "it makes \(outputSize.width)×\(outputSize.height) of \(inputSize.width)×\(inputSize.height) pixels; Verge's U-Net doubles"
      )
    }
    guard isTransposed ? input.change == .none : input.change == .doubled && window.stride == 1 else {
      throw Unmappable(label, "what it reads is padded or cropped; Verge's U-Net enlarges the whole activation")
    }
    let rows = taps(before: window.top + crop[0])
    let columns = taps(before: window.left + crop[1])
    guard (rows + columns).allSatisfy({ (0...3).contains($0.tap) }) else {
      throw Unmappable(
        label,
        "window \(window.side)×\(window.side), pads \(window.top), \(window.left): its pixels read more than Verge's, 2×2 pixels of what is enlarged"
      )
    }
    return Enlargement(rows: rows, columns: columns)
  }

  /// Along one axis, with `padding` before the first pixel.
  ///
  /// Transposed: output 2y − padding + k is 2y − 1 + tap. A convolution over an enlarged activation: output 2y + a reads
  /// enlarged place 2y + a + k − padding, which is source place y + f, so it is 2(y + f) − 1 + tap for tap = a + 1 − 2f.
  private func taps(before padding: Int) -> [(tap: Int, own: Int)] {
    (0..<window.side).flatMap { k in
      isTransposed
        ? [(tap: k - padding + 1, own: k)] : (0...1).map { a in (tap: a + 1 - 2 * ((a + k - padding) >> 1), own: k) }
    }
  }

  /// With its bias and norms.
  private func finished(_ weight: FloatTensor) throws(Unmappable) -> LayerWeights {
    var bias = window.bias ?? [Float](repeating: 0, count: window.outputs)
    if norms.count == 1, let norm = norms[0].batchNorm(after: bias) { return LayerWeights(weight: weight, norm: norm) }
    var values = weight.values
    let perChannel = values.count / max(1, window.outputs)
    for norm in norms {
      guard let factors = norm.factors, factors.scale.count == window.outputs else {
        throw Unmappable(norm.label, "it has other channels than the convolution before it")
      }
      for o in 0..<window.outputs {
        for i in o * perChannel..<(o + 1) * perChannel { values[i] *= factors.scale[o] }
        bias[o] = bias[o] * factors.scale[o] + factors.shift[o]
      }
    }
    return LayerWeights(weight: FloatTensor(shape: weight.shape, values: values), bias: bias)
  }
}

extension Operation {
  /// A batch norm in Verge's terms: its own ε, the bias before it taken into the mean.
  fileprivate func batchNorm(after bias: [Float]) -> BatchNorm? {
    guard case .norm(let scale, let shift, let mean, let variance, let epsilon) = kind else { return nil }
    let factors = zip(scale, variance).map { $0 * (($1 + BatchNorm.epsilon) / ($1 + epsilon)).squareRoot() }
    return BatchNorm(scale: factors, shift: shift, mean: zip(mean, bias).map(-), variance: variance)
  }
}
