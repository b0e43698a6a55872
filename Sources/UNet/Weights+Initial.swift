// Where training starts from.
import Foundation

extension Weights {
  /// Weights before training: normal with variance 2 / fan-in, biases 0, norms that change nothing.
  ///
  /// - Source: He et al. 2015, eq. 10.
  public init(initial architecture: Architecture, using random: inout some RandomNumberGenerator) {
    layers = [:]
    for layer in architecture.layers {
      let deviation = (2 / Float(layer.taps * layer.inputChannels)).squareRoot()
      let values = (0..<layer.weightCount).map { _ in deviation * normal(using: &random) }
      let weight = FloatTensor(shape: layer.weightShape, values: values)
      let channels = layer.outputChannels
      layers[layer.name] =
        layer.hasNorm
        ? LayerWeights(weight: weight, norm: BatchNorm(channels: channels))
        : LayerWeights(weight: weight, bias: [Float](repeating: 0, count: channels))
    }
  }
}

/// One draw of the standard normal distribution (Box–Muller, the cosine half).
private func normal(using random: inout some RandomNumberGenerator) -> Float {
  let radius = (-2 * log(1 - Double.random(in: 0..<1, using: &random))).squareRoot()
  return Float(radius * cos(2 * .pi * Double.random(in: 0..<1, using: &random)))
}
