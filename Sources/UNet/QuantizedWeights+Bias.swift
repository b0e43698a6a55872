// Biases of integer layers: moved, and read back as real numbers.

extension QuantizedWeights {
  /// The same with the biases of one layer moved.
  ///
  /// - Parameter shift: `[O]`, in real values; rounded to whole accumulator units.
  /// - Throws: `ModelError.quantization` when a bias leaves 32 bits or sums could.
  public func shiftingBias(of layer: Layer, by shift: [Float]) throws(ModelError) -> QuantizedWeights {
    guard let known = layers[layer.name] else { throw .quantization(name: layer.name, reason: "missing") }
    var bias = known.bias
    for (channel, real) in shift.enumerated() {
      let units = (Double(real) / Double(known.scale[channel])).rounded()
      guard let moved = Int32(exactly: Double(bias[channel]) + units) else {
        throw .quantization(name: layer.name, reason: "a bias moved by \(real) does not fit 32 bits")
      }
      bias[channel] = moved
    }
    var moved = layers
    moved[layer.name] = QuantizedLayer(
      weight: known.weight, scale: known.scale, bias: bias, multiplier: known.multiplier, winograd: known.winograd)
    try moved[layer.name]?.check(layer)
    return QuantizedWeights(layers: moved, activations: activations)
  }
}

extension QuantizedLayer {
  /// The real biases behind integers made from `float`: those themselves, but where a correction has moved them.
  ///
  /// - Parameter offsets: what `bias` holds beside the real bias, by channel: terms of zero points or centres.
  func realBias(_ float: [Float], offsets: [Int]) -> [Float] {
    float.enumerated().map { channel, real in
      let stored = Float(Int(bias[channel]) - offsets[channel]) * scale[channel]
      // Rounding to a whole unit is no correction; of floats of many units, nor is what they cannot hold.
      let rounding = 0.51 * scale[channel] + abs(real) * 0x1p-22
      return abs(stored - real) <= rounding ? real : stored
    }
  }
}
