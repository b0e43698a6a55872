// A network with its weights and its history: the content of one model file.

/// A U-Net: architecture, float weights, int8 weights when quantised, and where it comes from.
///
/// Whoever holds a `Model` may trust it: every way to make one checks shapes, numbers and bounds.
public struct Model: Sendable, Hashable {
  /// Shown to users and used in logs.
  public let name: String
  public let architecture: Architecture
  /// Norms folded or not.
  public let weights: Weights
  /// nil until quantised.
  public let quantized: QuantizedWeights?
  /// The picture size it was trained at; its pixels are the budget of `Architecture.inputSize`.
  public let trainingInput: InputSize
  public let receipt: Receipt

  /// - Throws: `ModelError.weights`, `.quantization`, `.inputSize` or `.architecture` for parts that do not fit together.
  public init(
    name: String, architecture: Architecture, weights: Weights, quantized: QuantizedWeights? = nil,
    trainingInput: InputSize, receipt: Receipt
  ) throws(ModelError) {
    try Self.check(name: name)
    try weights.check(architecture)
    try quantized?.check(architecture)
    try architecture.check(trainingInput)
    self.name = name
    self.architecture = architecture
    self.weights = weights
    self.quantized = quantized
    self.trainingInput = trainingInput
    self.receipt = receipt
  }

  static func check(name: String) throws(ModelError) {
    guard !name.isEmpty, name.utf8.count <= Limits.name else {
      throw .architecture(reason: "a model name of \(name.utf8.count) bytes; from 1 to \(Limits.name)")
    }
  }

  /// The same model with some parts replaced.
  public func with(weights: Weights? = nil, quantized: QuantizedWeights?, receipt: Receipt? = nil) throws(ModelError)
    -> Model
  {
    try Model(
      name: name, architecture: architecture, weights: weights ?? self.weights, quantized: quantized,
      trainingInput: trainingInput, receipt: receipt ?? self.receipt)
  }
}
