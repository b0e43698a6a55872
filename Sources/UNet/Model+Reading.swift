// A model from its file.
import Tensors

extension Model {
  /// Reads a model file.
  ///
  /// - Throws: `ModelError.unreadable`, `.notAModel`, `.damaged` or `.unsupported`, each with the path and the cause.
  public init(contentsOf path: String) throws(ModelError) {
    try self.init(file: FileBytes.read(path, limit: Limits.fileBytes), path: path)
  }

  /// Reads a model from the bytes of its file; `path` is for messages.
  package init(file: [UInt8], path: String) throws(ModelError) {
    let content: Safetensors
    do throws(Safetensors.Flaw) { content = try Safetensors(parsing: file) } catch {
      switch error {
      case .foreign(let reason): throw .notAModel(path: path, reason: reason)
      case .damaged(let reason): throw .damaged(path: path, reason: reason)
      }
    }
    do throws(ModelError) {
      let metadata = try ModelMetadata(content.metadata, path: path)
      var tensors = TensorReader(tensors: content.tensors, path: path)
      let weights = try tensors.readWeights(metadata.architecture)
      let quantized = try metadata.activations.map { scales throws(ModelError) in
        try tensors.readQuantized(metadata.architecture, activations: scales, winograd: metadata.winograd)
      }
      try tensors.finish()
      try self.init(
        name: metadata.name, architecture: metadata.architecture, weights: weights, quantized: quantized,
        trainingInput: metadata.trainingInput, receipt: metadata.receipt)
    } catch { throw error.located(in: path) }
  }
}

extension ModelError {
  /// The same flaw as that of a file.
  func located(in path: String) -> ModelError {
    switch self {
    case .architecture(let reason): .unsupported(path: path, reason: reason)
    case .weights(let name, let reason): .unsupported(path: path, reason: "weights of \(name): \(reason)")
    case .quantization(let name, let reason): .unsupported(path: path, reason: "int8 values of \(name): \(reason)")
    case .inputSize(let height, let width, let stride):
      .unsupported(path: path, reason: "training input \(width)×\(height) with stride \(stride)")
    default: self
    }
  }
}

/// Takes the tensors of a network out of a file, until none is left.
private struct TensorReader {
  var tensors: [String: Safetensors.Tensor]
  let path: String

  mutating func readWeights(_ architecture: Architecture) throws(ModelError) -> Weights {
    var weights = Weights(layers: [:])
    for layer in architecture.layers {
      let shape = layer.weightShape
      let weight = FloatTensor(shape: shape, values: try take(layer.name + ".weight", [.f32, .f16], shape).floats())
      let channels = [layer.outputChannels]
      if tensors[layer.name + ".bias"] != nil || !layer.hasNorm {
        let bias = try take(layer.name + ".bias", [.f32, .f16], channels).floats()
        weights[layer.name] = LayerWeights(weight: weight, bias: bias)
      } else {
        weights[layer.name] = LayerWeights(weight: weight, norm: try readNorm(layer.name + ".norm", channels))
      }
    }
    return weights
  }

  private mutating func readNorm(_ prefix: String, _ shape: [Int]) throws(ModelError) -> BatchNorm {
    BatchNorm(
      scale: try take(prefix + ".scale", [.f32, .f16], shape).floats(),
      shift: try take(prefix + ".shift", [.f32, .f16], shape).floats(),
      mean: try take(prefix + ".mean", [.f32, .f16], shape).floats(),
      variance: try take(prefix + ".variance", [.f32, .f16], shape).floats())
  }

  mutating func readQuantized(
    _ architecture: Architecture, activations: [String: Quantization], winograd: [String: WinogradScales]
  ) throws(ModelError) -> QuantizedWeights {
    if let unknown = winograd.keys.filter({ architecture.layer(named: $0) == nil }).min() {
      throw .unsupported(path: path, reason: "Winograd scales of \(shown(unknown)), which belong to no layer")
    }
    var layers: [String: QuantizedLayer] = [:]
    for layer in architecture.layers {
      let channels = [layer.outputChannels]
      let scales = winograd[layer.name]
      let shape = scales == nil ? layer.weightShape : WinogradScales.weightShape(layer)
      layers[layer.name] = QuantizedLayer(
        weight: try take(layer.name + ".weight.s8", [.i8], shape).signedBytes(),
        scale: try take(layer.name + ".weight.scale", [.f32, .f16], channels).floats(),
        bias: try take(layer.name + ".bias.s32", [.i32], channels).words(),
        multiplier: try take(layer.name + ".multiplier", [.f32, .f16], channels).floats(), winograd: scales)
    }
    return QuantizedWeights(layers: layers, activations: activations)
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
