// The reference: the network in floats, written to be read and to be right.

/// A U-Net's forward pass in floats, plain loops over NHWC arrays; the oracle for the integer network.
///
/// Not for video: it takes seconds where `Int8Network` takes milliseconds.
public struct FloatNetwork: Sendable {
  public let architecture: Architecture
  private let weights: Weights

  /// - Throws: `ModelError.weights` when they do not fit the architecture.
  public init(architecture: Architecture, weights: Weights) throws(ModelError) {
    try weights.check(architecture)
    self.architecture = architecture
    self.weights = weights.folded()
  }

  public init(_ model: Model) {
    architecture = model.architecture
    weights = model.weights.folded()
  }

  /// The logits of one picture.
  ///
  /// - Parameters:
  ///   - picture: `[H, W, 3]`, RGB in 0…1.
  ///   - observe: called with the picture as `input` and with each layer's output, by layer name, in order.
  /// - Returns: `[H / stem, W / stem, classes]`.
  /// - Throws: `ModelError.inputSize`.
  public func logits(
    _ picture: FloatTensor, observe: (_ name: String, _ activation: FloatTensor) -> Void = { _, _ in }
  ) throws(ModelError) -> FloatTensor {
    precondition(picture.shape.count == 3 && picture.shape[2] == 3, "a picture is [H, W, 3], not \(picture.shape)")
    try architecture.check(InputSize(height: picture.shape[0], width: picture.shape[1]))
    var activations = [Architecture.inputName: picture]
    observe(Architecture.inputName, picture)
    for layer in architecture.layers {
      let output = run(layer, activations)
      observe(layer.name, output)
      activations[layer.name] = output
    }
    return activations[Architecture.headName] ?? picture
  }

  /// The label map of one picture: u8 `[H / stem, W / stem]`, the lowest index of the largest logit.
  ///
  /// - Parameter picture: `[H, W, 3]`, RGB in 0…1.
  /// - Throws: `ModelError.inputSize`.
  public func labels(_ picture: FloatTensor) throws(ModelError) -> [UInt8] {
    let logits = try logits(picture)
    let classes = architecture.classes.count
    return stride(from: 0, to: logits.values.count, by: classes).map { pixel in
      UInt8((1..<classes).reduce(0) { logits.values[pixel + $1] > logits.values[pixel + $0] ? $1 : $0 })
    }
  }

  private func run(_ layer: Layer, _ activations: [String: FloatTensor]) -> FloatTensor {
    let sources = layer.sources.map { source in
      guard let activation = activations[source.name] else { preconditionFailure("\(source.name) runs too late") }
      return source.pooled ? activation.pooled() : activation
    }
    guard let layerWeights = weights[layer.name] else { preconditionFailure("\(layer.name) has no weights") }
    let (weight, bias) = (layerWeights.weight, layerWeights.bias ?? [])
    let source = sources.count == 2 ? sources[0].joined(with: sources[1]) : sources[0]
    switch layer.kind {
    case .conv3x3(let stride): return source.convolved(weight, bias, stride: stride).rectified()
    case .transpose(let up):
      let output = source.transposeConvolved(weight, bias)
      return up.isRectified ? output.rectified() : output
    case .head1x1: return source.convolved(weight, bias, stride: 1)
    }
  }
}

extension FloatTensor {
  /// The picture `[H, W, 3]` in 0…1 of 8-bit samples.
  ///
  /// - Parameters:
  ///   - samples: u8 `[H, W, bytesPerPixel]`, R, G, B first.
  ///   - bytesPerPixel: 3, or 4 for rgb0.
  public init(rgb samples: [UInt8], height: Int, width: Int, bytesPerPixel: Int = 4) {
    precondition(samples.count == height * width * bytesPerPixel, "\(samples.count) samples are no \(width)×\(height)")
    self.init(
      shape: [height, width, 3],
      values: (0..<height * width * 3).map { Float(samples[$0 / 3 * bytesPerPixel + $0 % 3]) / 255 })
  }
}
