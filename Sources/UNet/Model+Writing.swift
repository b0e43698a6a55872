// A model into its file.

extension Model {
  /// Writes the model file, replacing what was there only when all of it is on disk.
  ///
  /// - Throws: `ModelError.unwritable`.
  public func write(to path: String) throws(ModelError) {
    try FileBytes.replace(path, with: file())
  }

  /// The bytes of the model file.
  package func file() throws(ModelError) -> [UInt8] {
    let metadata = ModelMetadata(
      name: name, architecture: architecture, trainingInput: trainingInput, activations: quantized?.activations,
      winograd: quantized?.layers.compactMapValues(\.winograd) ?? [:], receipt: receipt)
    var tensors: [Safetensors.Output] = []
    for layer in architecture.layers {
      if let layerWeights = weights[layer.name] { tensors += outputs(layer, layerWeights) }
      if let integers = quantized?.layers[layer.name] { tensors += outputs(layer, integers) }
    }
    do { return try Safetensors.file(metadata: metadata.strings(), tensors: tensors) } catch {
      // Only a number that JSON cannot hold gets here.
      throw .architecture(reason: "the model's receipt cannot be written as JSON: \(error)")
    }
  }

  private func outputs(_ layer: Layer, _ weights: LayerWeights) -> [Safetensors.Output] {
    let channels = [layer.outputChannels]
    var outputs = [Safetensors.Output(layer.name + ".weight", weights.weight.shape, floats: weights.weight.values)]
    if let bias = weights.bias { outputs.append(.init(layer.name + ".bias", channels, floats: bias)) }
    for (part, values) in weights.norm?.parts ?? [] {
      outputs.append(.init("\(layer.name).norm.\(part)", channels, floats: values))
    }
    return outputs
  }

  private func outputs(_ layer: Layer, _ quantized: QuantizedLayer) -> [Safetensors.Output] {
    let channels = [layer.outputChannels]
    return [
      .init(layer.name + ".weight.s8", quantized.weightShape(layer), bytes: quantized.weight),
      .init(layer.name + ".weight.scale", channels, floats: quantized.scale),
      .init(layer.name + ".bias.s32", channels, words: quantized.bias),
      .init(layer.name + ".multiplier", channels, floats: quantized.multiplier),
    ]
  }
}
