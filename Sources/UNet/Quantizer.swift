// From float weights and activation ranges to integers.
public import Tensors

/// Makes the integer form of a network.
///
/// Weights get one scale per output channel, activations one per tensor. Where a layer reads two activations of different
/// scales, its weights absorb the difference, so that one accumulator holds both.
///
/// - Source: Jacob et al. 2018, eq. 7, with per-channel weights as in Krishnamoorthi 2018, §2.1.
public enum Quantizer {
  /// - Parameters:
  ///   - weights: with norms or without.
  ///   - ranges: of every layer's output but the head's.
  /// - Throws: `ModelError.quantization` naming the layer whose range is missing or no number, or whose sums would not fit
  ///   32 bits; `ModelError.weights` when they do not fit the architecture.
  public static func quantize(
    _ architecture: Architecture, weights: Weights, ranges: ActivationRanges
  ) throws(ModelError) -> QuantizedWeights {
    try weights.check(architecture)
    let activations = try scales(architecture, ranges)
    var layers: [String: QuantizedLayer] = [:]
    for layer in architecture.layers {
      guard let folded = weights[layer.name]?.folded() else { continue }
      let sources = layer.sources.compactMap { activations[$0.name] }
      // The head's accumulators are compared, never requantised: their unit is the real one.
      let output = activations[layer.name]?.scale ?? 1
      layers[layer.name] = try quantize(layer, folded, sources, outputScale: output)
    }
    let quantized = QuantizedWeights(layers: layers, activations: activations)
    try quantized.check(architecture)
    return quantized
  }

  /// The scales of `input` and of every layer's output but the head's.
  public static func scales(
    _ architecture: Architecture, _ ranges: ActivationRanges
  ) throws(ModelError) -> [String: Quantization] {
    var scales = [Architecture.inputName: Quantization.picture]
    for layer in architecture.layers.dropLast() {
      guard let range = ranges[layer.name] else {
        throw .quantization(name: layer.name, reason: "its activation range was not measured")
      }
      guard range.lowerBound.isFinite, range.upperBound.isFinite else {
        throw .quantization(name: layer.name, reason: "its activation range is \(range)")
      }
      scales[layer.name] = layer.isRectified ? rectified(range) : signed(range)
    }
    return scales
  }

  /// After a ReLU: 0 … upper over 0 … 255.
  private static func rectified(_ range: ClosedRange<Float>) -> Quantization {
    Quantization(scale: max(range.upperBound, smallest) / 255, zeroPoint: 0)
  }

  /// The range widened to hold 0, with a code that is exactly 0.
  ///
  /// - Source: Jacob et al. 2018, §3.1.
  private static func signed(_ range: ClosedRange<Float>) -> Quantization {
    let (low, high) = (min(range.lowerBound, 0), max(range.upperBound, 0))
    let scale = max(high / 255 - low / 255, smallest)
    let zeroPoint = (-low / scale).rounded(.toNearestOrEven)
    return Quantization(scale: scale, zeroPoint: UInt8(min(max(zeroPoint, 0), 255)))
  }

  /// A range or weight below this is that of a dead channel; scales stay normal numbers.
  static let smallest: Float = 1e-12

  /// A bias in accumulator units; a channel of next to no weights gets a coarser unit to stay below.
  static let largestBias: Float = 0x1p29

  static func quantize(
    _ layer: Layer, _ weights: LayerWeights, _ sources: [Quantization], outputScale: Float
  ) throws(ModelError) -> QuantizedLayer {
    try weights.check(layer)
    let inputs = layer.inputs(sources)
    let perChannel = layer.weightCount / layer.outputChannels
    var integers: [Int8] = []
    integers.reserveCapacity(layer.weightCount)
    var (units, biases): ([Float], [Int32]) = ([], [])
    for channel in 0..<layer.outputChannels {
      let real = weights.weight.values[channel * perChannel..<(channel + 1) * perChannel]
      let bias = weights.bias?[channel] ?? 0
      let unit = try unit(real, bias, inputs, layer)
      let zeroTerm = append(real, unit, inputs, to: &integers)
      units.append(unit)
      biases.append(try quantize(bias: bias, unit, zeroTerm, layer))
    }
    return QuantizedLayer(
      weight: integers, scale: units, bias: biases, multiplier: units.map { $0 / outputScale })
  }

  /// The real value of one accumulator unit of a channel, so that its largest product scale becomes 127.
  private static func unit(
    _ weights: ArraySlice<Float>, _ bias: Float, _ inputs: [Quantization], _ layer: Layer
  ) throws(ModelError) -> Float {
    var largest: Float = 0
    for (i, weight) in weights.enumerated() { largest = max(largest, abs(weight) * inputs[i % inputs.count].scale) }
    let unit = unit(largest: largest, bias: bias)
    guard unit.isFinite else { throw .quantization(name: layer.name, reason: "weights as large as \(largest)") }
    return unit
  }

  /// - Parameter largest: the largest |weight| · source scale of the channel.
  public static func unit(largest: Float, bias: Float) -> Float {
    max(largest / 127, abs(bias) / largestBias, smallest)
  }

  /// Appends one channel's integers; returns what its sources' zero points add to the accumulator: Σ zeroPoint · weight.
  private static func append(
    _ weights: ArraySlice<Float>, _ unit: Float, _ inputs: [Quantization], to integers: inout [Int8]
  ) -> Int {
    var zeroTerm = 0
    for (i, weight) in weights.enumerated() {
      let input = inputs[i % inputs.count]
      let integer = Int8(min(max((weight * input.scale / unit).rounded(.toNearestOrEven), -127), 127))
      integers.append(integer)
      zeroTerm += Int(input.zeroPoint) * Int(integer)
    }
    return zeroTerm
  }

  private static func quantize(
    bias real: Float, _ unit: Float, _ zeroTerm: Int, _ layer: Layer
  ) throws(ModelError) -> Int32 {
    let rounded = Int((Double(real) / Double(unit)).rounded(.toNearestOrEven))  // below 2²⁹ by the choice of unit
    guard let bias = Int32(exactly: rounded - zeroTerm) else {
      throw .quantization(name: layer.name, reason: "a bias of \(real) does not fit 32 bits in units of \(unit)")
    }
    return bias
  }
}

extension Layer {
  /// The scale that each input channel comes with.
  fileprivate func inputs(_ scales: [Quantization]) -> [Quantization] {
    zip(sources, scales).flatMap { source, scale in [Quantization](repeating: scale, count: source.channels) }
  }
}
