// Int8 weights and activation scales: what the int8 network runs.

public import Tensors

extension Quantization {
  /// The picture: 8-bit samples as they are, x = q / 255.
  public static let picture = Quantization(scale: 1 / 255, zeroPoint: 0)
}

/// One layer's integer weights. An accumulator is bias + Σ q · weight over the raw u8 activations; `scale` is the real
/// value of one accumulator unit and `multiplier` that value in units of the output's scale.
public struct QuantizedLayer: Sendable, Hashable {
  /// s8 `[O, kh, kw, I]`, −127…127; `[O, 4, 4, I]` in the transform domain.
  public let weight: [Int8]
  /// `[O]`, real value of one accumulator unit.
  public let scale: [Float]
  /// `[O]`, with the zero points of the sources taken out: round(b / scale) − Σ zeroPoint · weight.
  public let bias: [Int32]
  /// `[O]`: scale / output scale; the head's is `scale` itself.
  public let multiplier: [Float]
  /// How the sources enter the transform domain; nil for a direct layer.
  public let winograd: WinogradScales?

  public init(
    weight: [Int8], scale: [Float], bias: [Int32], multiplier: [Float], winograd: WinogradScales? = nil
  ) {
    self.winograd = winograd
    self.weight = weight
    self.scale = scale
    self.bias = bias
    self.multiplier = multiplier
  }
}

/// The integer form of a network.
public struct QuantizedWeights: Sendable, Hashable {
  /// By layer name.
  public let layers: [String: QuantizedLayer]
  /// By activation: `input` and the name of each layer but the head.
  public let activations: [String: Quantization]

  public init(layers: [String: QuantizedLayer], activations: [String: Quantization]) {
    self.layers = layers
    self.activations = activations
  }

  /// - Throws: `ModelError.quantization` for a layer or activation missing, unknown, of the wrong size, with a scale that
  ///   is no positive number, or with sums that could leave 32 bits.
  public func check(_ architecture: Architecture) throws(ModelError) {
    for layer in architecture.layers {
      guard let quantized = layers[layer.name] else { throw .quantization(name: layer.name, reason: "missing") }
      try quantized.check(layer)
    }
    let names = [Architecture.inputName] + architecture.layers.dropLast().map(\.name)
    for name in names {
      guard let activation = activations[name] else { throw .quantization(name: name, reason: "no activation scale") }
      guard activation.scale.isFinite, activation.scale > 0 else {
        throw .quantization(name: name, reason: "activation scale \(activation.scale)")
      }
    }
    let known = Set(architecture.layers.map(\.name) + names)
    if let unknown = (Array(layers.keys) + Array(activations.keys)).filter({ !known.contains($0) }).min() {
      throw .quantization(name: unknown, reason: "the network has no such layer")
    }
    try checkZeroPoints(architecture)
  }

  /// The picture is q / 255, and after a ReLU zero is 0: there the lower clamp is the ReLU.
  private func checkZeroPoints(_ architecture: Architecture) throws(ModelError) {
    guard activations[Architecture.inputName] == .picture else {
      throw .quantization(name: Architecture.inputName, reason: "the picture's scale is 1/255 with zero point 0")
    }
    for layer in architecture.layers where layer.isRectified && activations[layer.name]?.zeroPoint != 0 {
      throw .quantization(name: layer.name, reason: "a zero point after a ReLU")
    }
  }
}

extension QuantizedLayer {
  /// `[O, kh, kw, I]`.
  func weightShape(_ layer: Layer) -> [Int] { winograd == nil ? layer.weightShape : WinogradScales.weightShape(layer) }

  func check(_ layer: Layer) throws(ModelError) {
    let channels = layer.outputChannels
    try winograd?.check(layer)
    guard weight.count == weightShape(layer).reduce(1, *), bias.count == channels, scale.count == channels,
      multiplier.count == channels
    else { throw .quantization(name: layer.name, reason: "weights that do not fit \(weightShape(layer))") }
    guard !weight.contains(-128) else { throw .quantization(name: layer.name, reason: "a weight of -128") }
    guard (scale + multiplier).allSatisfy({ $0.isFinite && $0 > 0 }) else {
      throw .quantization(name: layer.name, reason: "a scale that is no positive number")
    }
    let perChannel = weight.count / channels
    for channel in 0..<channels {
      let absolute = weight[channel * perChannel..<(channel + 1) * perChannel].reduce(0) { $0 + abs(Int($1)) }
      guard abs(Int(bias[channel])) + 255 * absolute <= Int(Int32.max) else {
        throw .quantization(name: layer.name, reason: "sums of channel \(channel) that could leave 32 bits")
      }
    }
  }
}
