// Batch norm folded into the convolution before it.

extension Weights {
  /// The same network without norms.
  public func folded() -> Weights { Weights(layers: layers.mapValues { $0.folded() }) }
}

extension LayerWeights {
  /// The same layer with its norm multiplied into the weights and added to the bias.
  ///
  /// - Source: Jacob et al. 2018, eq. 14.
  public func folded() -> LayerWeights {
    guard let norm else { return self }
    let perChannel = weight.values.count / norm.scale.count
    var (values, bias) = (weight.values, norm.shift)
    for channel in norm.scale.indices {
      let factor = norm.scale[channel] / (norm.variance[channel] + BatchNorm.epsilon).squareRoot()
      for i in channel * perChannel..<(channel + 1) * perChannel { values[i] *= factor }
      bias[channel] -= norm.mean[channel] * factor
    }
    return LayerWeights(weight: FloatTensor(shape: weight.shape, values: values), bias: bias)
  }
}
