// The integers of Verge's network as QDQ can state them.
import Tensors
import UNet

/// Verge's weights, scales and biases in the form that an ONNX runtime takes, with the same sums.
///
/// Three things differ. A bias there is a real number in units of the accumulator: the zero points' part is added back.
/// Two sources of a convolution must share one scale there: where Verge's second source (the upsampled one) has a scale of
/// its own, the layer that makes it is told to make numbers larger by the quotient, which leaves its codes what they are.
/// And the second source's zero point moves into constant channels; see `ZeroPointChannels`.
struct ExportedIntegers {
  /// One layer's numbers.
  struct Values {
    /// s8 `shape`.
    var weight: [Int8]
    /// `[O, kh, kw, I]`, with the constant channels.
    var shape: [Int]
    /// `[O]`: real value of one accumulator unit.
    var unit: [Float]
    /// `[O]`: real value of one weight unit.
    var weightScale: [Float]
    /// `[O]`, in accumulator units.
    var bias: [Int32]
  }

  private let quantized: QuantizedWeights
  /// By second source: the scale that its codes are exported with, and its constant channels.
  private var seconds: [String: (scale: Float, channels: ZeroPointChannels)] = [:]

  init(_ architecture: Architecture, _ quantized: QuantizedWeights) {
    self.quantized = quantized
    for layer in architecture.layers where layer.sources.count == 2 {
      let (first, second) = (layer.sources[0], layer.sources[1])
      let channels = ZeroPointChannels(
        weight: weights(layer).weight, shape: layer.weightShape, from: first.channels,
        zeroPoint: quantization(second.name).zeroPoint)
      seconds[second.name] = (quantization(first.name).scale, channels)
    }
  }

  /// Whether `name` is the second source of a convolution.
  func isJoined(_ name: String) -> Bool { seconds[name] != nil }

  /// The scale and zero point that the codes of `name` are made with.
  func activation(_ name: String) -> Quantization {
    let own = quantization(name)
    return Quantization(scale: seconds[name]?.scale ?? own.scale, zeroPoint: own.zeroPoint)
  }

  /// The numbers of one layer.
  func layer(_ layer: Layer) -> Values {
    let own = weights(layer)
    let inputScale = activation(layer.sources[0].name).scale
    var values = Values(
      weight: own.weight, shape: layer.weightShape, unit: own.scale, weightScale: [], bias: realBias(layer, own))
    if layer.sources.count == 2, let second = seconds[layer.sources[1].name] {
      values.weight = second.channels.appended(to: own.weight, shape: values.shape)
      values.shape[3] += second.channels.codes.count
    }
    if let second = seconds[layer.name] {
      let factor = second.scale / quantization(layer.name).scale
      values.unit = values.unit.map { $0 * factor }
      addOutputs(second.channels.codes, unit: second.scale, of: layer, to: &values)
    }
    values.weightScale = values.unit.map { $0 / inputScale }
    return values
  }

  /// Outputs that are constant: no weights, and a bias that quantises to the code wanted.
  private func addOutputs(_ codes: [UInt8], unit: Float, of layer: Layer, to values: inout Values) {
    let zeroPoint = Int32(quantization(layer.name).zeroPoint)
    values.weight += [Int8](repeating: 0, count: codes.count * values.weight.count / values.shape[0])
    values.shape[0] += codes.count
    values.unit += [Float](repeating: unit, count: codes.count)
    values.bias += codes.map { Int32($0) - zeroPoint }
  }

  /// The bias without the sources' zero points: b / unit, which `QuantizedWeights.check` keeps within 32 bits.
  private func realBias(_ layer: Layer, _ own: QuantizedLayer) -> [Int32] {
    let zeroPoints = layer.sources.flatMap { source in
      [Int](repeating: Int(quantization(source.name).zeroPoint), count: source.channels)
    }
    let perChannel = own.weight.count / layer.outputChannels
    return own.bias.enumerated().map { channel, bias in
      let begin = channel * perChannel
      return (0..<perChannel).reduce(Int(bias)) { $0 + zeroPoints[$1 % zeroPoints.count] * Int(own.weight[begin + $1]) }
    }.map { Int32(clamping: $0) }
  }

  private func quantization(_ name: String) -> Quantization {
    guard let known = quantized.activations[name] else {
      preconditionFailure("a checked model has a scale for \(name)")
    }
    return known
  }

  private func weights(_ layer: Layer) -> QuantizedLayer {
    guard let known = quantized.layers[layer.name] else { preconditionFailure("a checked model has \(layer.name)") }
    return known
  }
}
