// Float weights: what training makes, the reference network runs and quantisation starts from.

/// A float array with its shape, last dimension innermost.
public struct FloatTensor: Sendable, Hashable {
  public let shape: [Int]
  /// `shape`'s product of values.
  public var values: [Float]

  public init(shape: [Int], values: [Float]) {
    precondition(shape.reduce(1, *) == values.count, "\(values.count) values do not fill \(shape)")
    self.shape = shape
    self.values = values
  }

  public init(zeros shape: [Int]) {
    self.init(shape: shape, values: [Float](repeating: 0, count: shape.reduce(1, *)))
  }
}

/// Batch norm after a convolution, per output channel: y = scale · (x − mean) / √(variance + ε) + shift.
///
/// - Source: Ioffe and Szegedy 2015, algorithm 2.
public struct BatchNorm: Sendable, Hashable {
  public static let epsilon: Float = 1e-3

  public var scale, shift, mean, variance: [Float]

  public init(scale: [Float], shift: [Float], mean: [Float], variance: [Float]) {
    self.scale = scale
    self.shift = shift
    self.mean = mean
    self.variance = variance
  }

  /// The norm that does nothing but divide by √(1 + ε).
  public init(channels: Int) {
    let (zeros, ones) = ([Float](repeating: 0, count: channels), [Float](repeating: 1, count: channels))
    self.init(scale: ones, shift: zeros, mean: zeros, variance: ones)
  }
}

/// One layer's weights: a convolution with its norm, or with a bias that the norm was folded into.
public struct LayerWeights: Sendable, Hashable {
  /// `[O, kh, kw, I]`.
  public var weight: FloatTensor
  /// `[O]`; nil where a norm follows.
  public var bias: [Float]?
  /// nil where there is none, or where it is folded into weight and bias.
  public var norm: BatchNorm?

  public init(weight: FloatTensor, bias: [Float]? = nil, norm: BatchNorm? = nil) {
    self.weight = weight
    self.bias = bias
    self.norm = norm
  }
}

/// The float weights of a network, by layer name.
public struct Weights: Sendable, Hashable {
  public var layers: [String: LayerWeights]

  public init(layers: [String: LayerWeights]) { self.layers = layers }

  public subscript(name: String) -> LayerWeights? {
    get { layers[name] }
    set { layers[name] = newValue }
  }

  /// Whether no layer has a norm left.
  public var isFolded: Bool { layers.values.allSatisfy { $0.norm == nil } }

  /// The same with each layer's weights at the nearest 16-bit float, which halves their place in a file; norms and biases
  /// stay.
  public func roundedToHalf() -> Weights {
    Weights(
      layers: layers.mapValues { layer in
        var layer = layer
        layer.weight = FloatTensor(shape: layer.weight.shape, values: layer.weight.values.map { Float(Float16($0)) })
        return layer
      })
  }

  /// - Throws: `ModelError.weights` for a layer missing, unknown, of the wrong shape, or with values that are not finite.
  public func check(_ architecture: Architecture) throws(ModelError) {
    for layer in architecture.layers {
      guard let weights = layers[layer.name] else { throw .weights(name: layer.name, reason: "missing") }
      try weights.check(layer)
    }
    let known = Set(architecture.layers.map(\.name))
    if let unknown = layers.keys.filter({ !known.contains($0) }).min() {
      throw .weights(name: unknown, reason: "the network has no such layer")
    }
  }
}

extension LayerWeights {
  func check(_ layer: Layer) throws(ModelError) {
    guard weight.shape == layer.weightShape else {
      throw .weights(name: layer.name, reason: "shape \(weight.shape), expected \(layer.weightShape)")
    }
    try check(weight.values, count: layer.weightCount, "weight", of: layer)
    guard norm == nil || layer.hasNorm else { throw .weights(name: layer.name, reason: "a norm where none belongs") }
    guard (bias == nil) == (norm != nil) else {
      throw .weights(name: layer.name, reason: "neither a bias nor a norm, or both")
    }
    if let bias { try check(bias, count: layer.outputChannels, "bias", of: layer) }
    guard let norm else { return }
    for (part, values) in norm.parts { try check(values, count: layer.outputChannels, "norm.\(part)", of: layer) }
    guard norm.variance.allSatisfy({ $0 >= 0 }) else {
      throw .weights(name: layer.name, reason: "norm.variance is negative")
    }
  }

  private func check(_ values: [Float], count: Int, _ part: String, of layer: Layer) throws(ModelError) {
    guard values.count == count else {
      throw .weights(name: layer.name, reason: "\(part) has \(values.count) values, expected \(count)")
    }
    guard values.allSatisfy(\.isFinite) else {
      throw .weights(name: layer.name, reason: "\(part) has values that are not finite numbers")
    }
  }
}

extension BatchNorm {
  /// The four parts with the names they have in the model file.
  var parts: [(name: String, values: [Float])] {
    [("scale", scale), ("shift", shift), ("mean", mean), ("variance", variance)]
  }
}
