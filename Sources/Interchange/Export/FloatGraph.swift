// The float form: one node for each thing a layer does.
import UNet

/// The layers of `model`, norms folded.
func floatGraph(_ model: Model) -> GraphBuilder {
  var builder = GraphBuilder()
  let weights = model.weights.folded()
  for layer in model.architecture.layers {
    guard let layerWeights = weights[layer.name] else { preconditionFailure("a checked model has \(layer.name)") }
    builder.append(layer, layerWeights)
  }
  return builder
}

extension GraphBuilder {
  fileprivate mutating func append(_ layer: Layer, _ weights: LayerWeights) {
    let (shape, values) = layer.reordered(weights.weight.values, shape: weights.weight.shape)
    let weight = constant(TensorProto(layer.name + ".weight", shape, floats: values))
    let bias = constant(TensorProto(layer.name + ".bias", [layer.outputChannels], floats: weights.bias ?? []))
    let isHead = layer.name == Architecture.headName
    let output = layer.isRectified ? layer.name + ".sum" : isHead ? ONNXExport.outputName : layer.name
    let sum = products(layer, input(of: layer), weight: weight, bias: bias, to: output)
    if layer.isRectified { _ = rectified(sum, to: layer.name) }
  }

  /// What the layer reads, pooled or joined first where it wants it so.
  private mutating func input(of layer: Layer) -> String {
    let sources = layer.sources.map { source in
      let name = source.name == Architecture.inputName ? ONNXExport.inputName : source.name
      return source.pooled ? pooled(name, to: name + ".pooled") : name
    }
    return sources.count == 1 ? sources[0] : joined(sources, to: layer.name + ".joined")
  }
}
