// The int8 form: integers between QuantizeLinear and DequantizeLinear (QDQ), which runtimes turn into integer kernels.
import Tensors
import UNet

/// The layers of `model` in QDQ form, all of them direct: other runtimes know no transform domain.
///
/// - Throws: `InterchangeError.notQuantized` or `.model`.
func quantizedGraph(_ model: Model) throws(InterchangeError) -> GraphBuilder {
  let direct: QuantizedWeights?
  do throws(ModelError) { direct = try Quantizer.directForm(of: model) } catch { throw .model(error) }
  guard let quantized = direct else { throw .notQuantized(model: model.name) }
  var graph = QuantizedGraph(model.architecture, quantized)
  for layer in model.architecture.layers { graph.append(layer) }
  return graph.builder
}

/// Appends layers to a graph; the value called like a layer is its dequantised output.
private struct QuantizedGraph {
  private(set) var builder = GraphBuilder()
  private let integers: ExportedIntegers

  init(_ architecture: Architecture, _ quantized: QuantizedWeights) {
    integers = ExportedIntegers(architecture, quantized)
    quantize(ONNXExport.inputName, as: Architecture.inputName)
  }

  mutating func append(_ layer: Layer) {
    let values = integers.layer(layer)
    let weight = weight(of: layer, values)
    let bias = bias(of: layer, values)
    let isHead = layer.name == Architecture.headName
    let output = isHead ? ONNXExport.outputName : layer.name + ".sum"
    var sum = builder.products(layer, input(of: layer), weight: weight, bias: bias, to: output)
    if layer.isRectified { sum = builder.rectified(sum, to: layer.name + ".relu") }
    if !isHead { quantize(sum, as: layer.name) }
  }

  /// What the layer reads. Two sources have the same scale and, as they are read, the zero point 0, so that joining them
  /// and quantising again moves bytes only.
  private mutating func input(of layer: Layer) -> String {
    let sources = layer.sources.map { source in
      source.pooled ? builder.pooled(source.name, to: source.name + ".pooled") : source.name
    }
    guard sources.count == 2 else { return sources[0] }
    let joined = builder.joined(sources, to: layer.name + ".sources")
    let scale = integers.activation(layer.sources[0].name).scale
    return quantize(joined, as: layer.name + ".joined", Quantization(scale: scale), readZeroPoint: 0)
  }

  private mutating func quantize(_ value: String, as name: String) {
    let activation = integers.activation(name)
    _ = quantize(value, as: name, activation, readZeroPoint: integers.isJoined(name) ? 0 : activation.zeroPoint)
  }

  /// - Parameter readZeroPoint: what readers take the zero point to be.
  @discardableResult
  private mutating func quantize(
    _ value: String, as name: String, _ quantization: Quantization, readZeroPoint: UInt8
  ) -> String {
    let scale = builder.constant(TensorProto(name + ".scale", floats: [quantization.scale]))
    let zero = builder.constant(TensorProto(name + ".zero_point", bytes: [quantization.zeroPoint]))
    let codes = builder.node("QuantizeLinear", [value, scale, zero], to: name + ".u8")
    let readZero =
      readZeroPoint == quantization.zeroPoint
      ? zero : builder.constant(TensorProto(name + ".read_zero_point", bytes: [readZeroPoint]))
    return builder.node("DequantizeLinear", [codes, scale, readZero], to: name)
  }

  private mutating func weight(of layer: Layer, _ values: ExportedIntegers.Values) -> String {
    let (shape, weight) = layer.reordered(values.weight, shape: values.shape)
    let codes = builder.constant(TensorProto(layer.name + ".weight.s8", shape, signedBytes: weight))
    let scale = builder.constant(
      TensorProto(layer.name + ".weight.scale", [values.weightScale.count], floats: values.weightScale))
    let axis = AttributeProto("axis", layer.outputAxis)
    return builder.node("DequantizeLinear", [codes, scale], to: layer.name + ".weight", [axis])
  }

  private mutating func bias(of layer: Layer, _ values: ExportedIntegers.Values) -> String {
    let count = [values.bias.count]
    let codes = builder.constant(TensorProto(layer.name + ".bias.s32", count, words: values.bias))
    let scale = builder.constant(TensorProto(layer.name + ".bias.scale", count, floats: values.unit))
    return builder.node("DequantizeLinear", [codes, scale], to: layer.name + ".bias", [AttributeProto("axis", 0)])
  }
}
