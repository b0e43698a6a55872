// The tensors of a model file, by the layers they belong to.
import Tensors

/// Takes the tensors of a network out of a file, until none is left.
struct TensorReader {
  var tensors: [String: Safetensors.Tensor]
  let path: String

  /// The metadata of a model file and its tensors, none of which is read yet.
  static func open(_ file: some ByteSource, path: String) throws(ModelError) -> (ModelMetadata, TensorReader) {
    let content: Safetensors
    do throws(Safetensors.Flaw) { content = try Safetensors(parsing: file) } catch { throw ModelError(error, in: path) }
    return (try ModelMetadata(content.metadata, path: path), TensorReader(tensors: content.tensors, path: path))
  }

  mutating func readWeights(_ architecture: Architecture) throws(ModelError) -> Weights {
    let found = try findWeights(architecture)
    var weights = Weights(layers: [:])
    for layer in architecture.layers {
      guard let found = found[layer.name] else { continue }
      do throws(Safetensors.Flaw) { weights[layer.name] = try found.read() } catch { throw ModelError(error, in: path) }
    }
    return weights
  }

  /// Takes every layer's float tensors, of the right types and shapes, without reading them.
  mutating func findWeights(_ architecture: Architecture) throws(ModelError) -> [String: StoredLayer] {
    let names = architecture.layers.map(\.name)
    if names.allSatisfy({ tensors[$0 + ".weight"] == nil && tensors[$0 + ".weight.s8"] != nil }) {
      throw .unsupported(path: path, reason: "it has int8 weights only, without the float ones they were made from")
    }
    var found: [String: StoredLayer] = [:]
    for layer in architecture.layers {
      let weight = try take(layer.name + ".weight", [.f32, .f16], layer.weightShape)
      let isPlain = tensors[layer.name + ".bias"] != nil || !layer.hasNorm
      let parts = isPlain ? ["bias"] : ["norm.scale", "norm.shift", "norm.mean", "norm.variance"]
      found[layer.name] = StoredLayer(
        weight: weight,
        channels: try parts.map { part throws(ModelError) in
          try take("\(layer.name).\(part)", [.f32, .f16], [layer.outputChannels])
        })
    }
    return found
  }

  mutating func readQuantized(
    _ architecture: Architecture, activations: [String: Quantization], winograd: [String: WinogradScales]
  ) throws(ModelError) -> QuantizedWeights {
    if let unknown = winograd.keys.filter({ architecture.layer(named: $0) == nil }).min() {
      throw .unsupported(path: path, reason: "Winograd scales of \(shown(unknown)), which belong to no layer")
    }
    var layers: [String: QuantizedLayer] = [:]
    for layer in architecture.layers {
      layers[layer.name] = try readQuantized(layer, winograd: winograd[layer.name])
    }
    return QuantizedWeights(layers: layers, activations: activations)
  }

  private mutating func readQuantized(_ layer: Layer, winograd: WinogradScales?) throws(ModelError) -> QuantizedLayer {
    let channels = [layer.outputChannels]
    let shape = winograd == nil ? layer.weightShape : WinogradScales.weightShape(layer)
    let weight = try take(layer.name + ".weight.s8", [.i8], shape)
    let scale = try take(layer.name + ".weight.scale", [.f32, .f16], channels)
    let bias = try take(layer.name + ".bias.s32", [.i32], channels)
    let multiplier = try take(layer.name + ".multiplier", [.f32, .f16], channels)
    do throws(Safetensors.Flaw) {
      return QuantizedLayer(
        weight: try weight.signedBytes(), scale: try scale.floats(), bias: try bias.words(),
        multiplier: try multiplier.floats(), winograd: winograd)
    } catch { throw ModelError(error, in: path) }
  }

  /// - Throws: `ModelError.unsupported` when a tensor is left that no layer has.
  func finish() throws(ModelError) {
    guard let name = tensors.keys.min() else { return }
    throw .unsupported(path: path, reason: "tensor \(shown(name)) belongs to no layer")
  }

  private mutating func take(
    _ name: String, _ types: [Safetensors.ElementType], _ shape: [Int]
  ) throws(ModelError) -> Safetensors.Tensor {
    guard let tensor = tensors.removeValue(forKey: name) else {
      throw .unsupported(path: path, reason: "tensor '\(name)' is missing")
    }
    guard types.contains(tensor.type), tensor.shape == shape else {
      let found = "\(tensor.type.rawValue) \(tensor.shape)"
      throw .unsupported(path: path, reason: "tensor '\(name)' is \(found), expected \(types[0].rawValue) \(shape)")
    }
    return tensor
  }
}

/// One layer's float tensors, still in the file.
struct StoredLayer {
  let weight: Safetensors.Tensor
  /// The bias, or the four parts of the norm in the order of `BatchNorm.init`.
  let channels: [Safetensors.Tensor]

  func read() throws(Safetensors.Flaw) -> LayerWeights {
    let values = try channels.map { tensor throws(Safetensors.Flaw) in try tensor.floats() }
    let weight = FloatTensor(shape: weight.shape, values: try weight.floats())
    guard values.count == 4 else { return LayerWeights(weight: weight, bias: values[0]) }
    let norm = BatchNorm(scale: values[0], shift: values[1], mean: values[2], variance: values[3])
    return LayerWeights(weight: weight, norm: norm)
  }
}
