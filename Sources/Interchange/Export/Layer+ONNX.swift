// A layer in ONNX's terms.
import UNet

extension Layer {
  var isTransposed: Bool { if case .transpose = kind { true } else { false } }

  /// The stride of its products.
  var step: Int {
    switch kind {
    case .conv3x3(let stride): stride
    case .transpose: 2
    case .head1x1: 1
    }
  }

  /// The axis of ONNX's weights that the output channels lie on.
  var outputAxis: Int { isTransposed ? 1 : 0 }

  /// Weights from `[O, kh, kw, I]` to ONNX's `[O, I, kh, kw]`, or `[I, O, kh, kw]` for a transposed convolution.
  func reordered<Value>(_ values: [Value], shape: [Int]) -> (shape: [Int], values: [Value]) {
    let (outputs, taps, inputs) = (shape[0], shape[1] * shape[2], shape[3])
    var result: [Value] = []
    result.reserveCapacity(values.count)
    for first in 0..<(isTransposed ? inputs : outputs) {
      for second in 0..<(isTransposed ? outputs : inputs) {
        let (output, input) = isTransposed ? (second, first) : (first, second)
        for tap in 0..<taps { result.append(values[(output * taps + tap) * inputs + input]) }
      }
    }
    let channels = isTransposed ? [inputs, outputs] : [outputs, inputs]
    return (channels + shape[1...2], result)
  }
}
