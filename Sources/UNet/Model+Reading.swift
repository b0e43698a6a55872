// A model from its file.
import Tensors

extension Model {
  /// Reads a model file.
  ///
  /// - Throws: `ModelError.unreadable`, `.notAModel`, `.damaged` or `.unsupported`, each with the path and the cause.
  public init(contentsOf path: String) throws(ModelError) {
    try self.init(file: StoredFile(path, limit: Limits.fileBytes), path: path)
  }

  /// Reads a model from its file; `path` is for messages.
  init(file: some ByteSource, path: String) throws(ModelError) {
    do throws(ModelError) {
      var (metadata, tensors) = try TensorReader.open(file, path: path)
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

extension Int8Model {
  /// Reads what inference needs of a model file. The float weights are looked for, but stay in the file.
  ///
  /// - Throws: what `Model.init(contentsOf:)` throws, and `ModelError.notQuantized`.
  /// - Complexity: O(int8 weights): for a network of some millions of weights a few milliseconds.
  public init(contentsOf path: String) throws(ModelError) {
    try self.init(file: StoredFile(path, limit: Limits.fileBytes), path: path)
  }

  init(file: some ByteSource, path: String) throws(ModelError) {
    do throws(ModelError) {
      var (metadata, tensors) = try TensorReader.open(file, path: path)
      _ = try tensors.findWeights(metadata.architecture)
      guard let scales = metadata.activations else { throw .notQuantized(model: metadata.name) }
      let weights = try tensors.readQuantized(
        metadata.architecture, activations: scales, winograd: metadata.winograd)
      try tensors.finish()
      try self.init(
        name: metadata.name, architecture: metadata.architecture, weights: weights,
        trainingInput: metadata.trainingInput, receipt: metadata.receipt)
    } catch { throw error.located(in: path) }
  }
}

extension ModelError {
  /// A flaw of the file at `path`.
  init(_ flaw: Safetensors.Flaw, in path: String) {
    self =
      switch flaw {
      case .foreign(let reason): .notAModel(path: path, reason: reason)
      case .damaged(let reason): .damaged(path: path, reason: reason)
      case .unreadable(let code): .unreadable(path: path, errno: code)
      }
  }

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
