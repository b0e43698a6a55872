// Layers in the transform domain, from float weights and calibrated scales.
import Tensors

extension Quantizer {
  /// The same network with some layers in the transform domain.
  ///
  /// - Parameters:
  ///   - weights: those that `quantized` was made from.
  ///   - winograd: the layers to transform, with their sources' scales; layers that `quantized` has in the transform
  ///     domain but are not named here stay as they are.
  /// - Throws: `ModelError.quantization` for a layer that has no such form, or whose sums would not fit 32 bits;
  ///   `ModelError.weights` when the weights do not fit the architecture.
  public static func quantize(
    _ architecture: Architecture, weights: Weights, _ quantized: QuantizedWeights, winograd: [String: WinogradScales]
  ) throws(ModelError) -> QuantizedWeights {
    try weights.check(architecture)
    var layers = quantized.layers
    for layer in architecture.layers {
      guard let scales = winograd[layer.name], let folded = weights[layer.name]?.folded() else { continue }
      try scales.check(layer)
      let sources = layer.sources.compactMap { quantized.activations[$0.name] }
      layers[layer.name] = try quantize(
        layer, folded, sources, scales, outputScale: quantized.activations[layer.name]?.scale ?? 1)
    }
    let result = QuantizedWeights(layers: layers, activations: quantized.activations)
    try result.check(architecture)
    return result
  }

  /// A model's int8 weights with all layers direct, for runtimes that know no other; nil when it has none. Corrections of
  /// biases stay.
  ///
  /// - Throws: `ModelError.quantization` for a layer whose sums would not fit 32 bits.
  public static func directForm(of model: Model) throws(ModelError) -> QuantizedWeights? {
    guard let quantized = model.quantized else { return nil }
    var layers = quantized.layers
    for layer in model.architecture.layers {
      guard let known = layers[layer.name], let scales = known.winograd,
        var folded = model.weights[layer.name]?.folded()
      else { continue }
      let sources = layer.sources.compactMap { quantized.activations[$0.name] }
      let (inputs, perChannel) = (layer.transformedInputs(sources, scales), known.weight.count / layer.outputChannels)
      let offsets = known.bias.indices.map {
        centres(Array(known.weight[$0 * perChannel..<($0 + 1) * perChannel]), inputs)
      }
      folded.bias = folded.bias.map { known.realBias($0, offsets: offsets) }
      layers[layer.name] = try quantize(
        layer, folded, sources, outputScale: quantized.activations[layer.name]?.scale ?? 1)
    }
    let direct = QuantizedWeights(layers: layers, activations: quantized.activations)
    try direct.check(model.architecture)
    return direct
  }

  private static func quantize(
    _ layer: Layer, _ weights: LayerWeights, _ sources: [Quantization], _ scales: WinogradScales, outputScale: Float
  ) throws(ModelError) -> QuantizedLayer {
    let inputs = layer.transformedInputs(sources, scales)
    let perChannel = layer.weightCount / layer.outputChannels
    var (integers, units, biases): ([Int8], [Float], [Int32]) = ([], [], [])
    integers.reserveCapacity(WinogradScales.weightShape(layer).reduce(1, *))
    for channel in 0..<layer.outputChannels {
      let window = weights.weight.values[channel * perChannel..<(channel + 1) * perChannel]
      let real = transformed(Array(window), inputs)
      let bias = weights.bias?[channel] ?? 0
      let unit = try unit(largest: real.reduce(0) { max($0, abs($1)) }, bias: bias, layer)
      let codes = real.map { Int8(min(max(($0 / unit).rounded(.toNearestOrEven), -127), 127)) }
      integers += codes
      units.append(Float(unit))
      biases.append(try quantized(bias: bias, unit, centres(codes, inputs), layer))
    }
    return QuantizedLayer(
      weight: integers, scale: units, bias: biases, multiplier: units.map { $0 / outputScale }, winograd: scales)
  }

  /// G g G' of each channel's window, in the real value of one code of that channel's transformed source.
  ///
  /// - Parameter window: `[3, 3, I]`.
  /// - Returns: `[4, 4, I]`.
  private static func transformed(_ window: [Float], _ inputs: [TransformedInput]) -> [Double] {
    let count = inputs.count
    var result = [Double](repeating: 0, count: WinogradScales.taps * count)
    for (c, input) in inputs.enumerated() {
      let rows = (0..<3).map { y in expanded((0..<3).map { Double(window[(3 * y + $0) * count + c]) }) }
      for j in 0..<4 {
        for (i, value) in expanded(rows.map { $0[j] }).enumerated() {
          result[(4 * i + j) * count + c] = value * input.units[4 * i + j]
        }
      }
    }
    return result
  }

  /// G g of one line of a window.
  private static func expanded(_ g: [Double]) -> [Double] {
    [g[0], (g[0] + g[1] + g[2]) / 2, (g[0] - g[1] + g[2]) / 2, g[2]]
  }

  private static func unit(largest: Double, bias: Float, _ layer: Layer) throws(ModelError) -> Double {
    let unit = max(largest / 127, Double(abs(bias) / largestBias), Double(smallest))
    guard Float(unit).isFinite else { throw .quantization(name: layer.name, reason: "weights as large as \(largest)") }
    return unit
  }

  /// What is missing from the accumulators because sums of codes without negative values are stored less 128.
  private static func centres(_ codes: [Int8], _ inputs: [TransformedInput]) -> Int {
    let sums = codes[WinogradScales.sumTap * inputs.count..<(WinogradScales.sumTap + 1) * inputs.count]
    return zip(sums, inputs).reduce(0) { $0 + ($1.1.isCentred ? 128 * Int($1.0) : 0) }
  }

  private static func quantized(
    bias real: Float, _ unit: Double, _ centres: Int, _ layer: Layer
  ) throws(ModelError) -> Int32 {
    let rounded = Int((Double(real) / Double(Float(unit))).rounded(.toNearestOrEven))  // below 2³⁰ by the unit's choice
    guard let bias = Int32(exactly: rounded + centres) else {
      throw .quantization(name: layer.name, reason: "a bias of \(real) does not fit 32 bits in units of \(unit)")
    }
    return bias
  }
}

/// What quantising a layer in the transform domain needs to know of one input channel.
private struct TransformedInput {
  /// Per tap the real value of one transformed code.
  let units: [Double]
  /// Whether its sum tap is stored less 128.
  let isCentred: Bool
}

extension Layer {
  fileprivate func transformedInputs(_ scales: [Quantization], _ winograd: WinogradScales) -> [TransformedInput] {
    zip(sources, zip(scales, winograd.sources)).flatMap { source, pair in
      let input = TransformedInput(
        units: pair.1.map { Double(pair.0.scale) * 32768 / Double($0) }, isCentred: pair.0.zeroPoint == 0)
      return [TransformedInput](repeating: input, count: source.channels)
    }
  }
}
