// What inference needs of a model.
public import Tensors

/// A quantised U-Net without its float weights: architecture, integers, and where it comes from.
///
/// As with `Model`, every way to make one checks shapes, numbers and bounds. Not for training, quantising or exporting in
/// floats, which start from a `Model`.
public struct Int8Model: Sendable, Hashable {
  /// Shown to users and used in logs.
  public let name: String
  public let architecture: Architecture
  public let weights: QuantizedWeights
  /// The picture size it was trained at; its pixels are the budget of `Architecture.inputSize`.
  public let trainingInput: InputSize
  public let receipt: Receipt

  /// - Throws: `ModelError.notQuantized`.
  public init(_ model: Model) throws(ModelError) {
    guard let quantized = model.quantized else { throw .notQuantized(model: model.name) }
    try self.init(
      name: model.name, architecture: model.architecture, weights: quantized, trainingInput: model.trainingInput,
      receipt: model.receipt)
  }

  /// - Throws: `ModelError.quantization`, `.inputSize` or `.architecture` for parts that do not fit together.
  init(
    name: String, architecture: Architecture, weights: QuantizedWeights, trainingInput: InputSize, receipt: Receipt
  ) throws(ModelError) {
    try Model.check(name: name)
    try weights.check(architecture)
    try architecture.check(trainingInput)
    self.name = name
    self.architecture = architecture
    self.weights = weights
    self.trainingInput = trainingInput
    self.receipt = receipt
  }
}

extension Int8Plan {
  /// The plan of a whole model's integers.
  ///
  /// - Throws: `ModelError.notQuantized`, `.inputSize` or `.tier`.
  public init(_ model: Model, inputSize: InputSize, tier: CPUTier? = nil) throws(ModelError) {
    try self.init(Int8Model(model), inputSize: inputSize, tier: tier)
  }
}

extension Int8Network {
  /// A network of a whole model's integers.
  ///
  /// - Throws: `ModelError.notQuantized`, `.inputSize` or `.tier`.
  public convenience init(
    _ model: Model, inputSize: InputSize, tier: CPUTier? = nil, threads: Int = 1
  ) throws(ModelError) {
    try self.init(Int8Model(model), inputSize: inputSize, tier: tier, threads: threads)
  }
}
