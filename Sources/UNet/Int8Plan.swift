// What the integer network does, decided once: its steps, packed weights and memory.
public import Tensors

/// The integer form of a model laid out for one input size and one CPU tier. Immutable; many `Int8Network`s may share it.
public struct Int8Plan: Sendable {
  /// One activation in the arena.
  struct Activation: Sendable {
    let name: String
    let shape: Shape
    let quantization: Quantization
    /// The steps from the one that writes it to the last one that reads it.
    var lifetime: ClosedRange<Int>
  }

  /// One layer, fused with what follows it: ReLU and requantisation always, pooling and argmax where they come next.
  struct Step: Sendable {
    enum Work: Sendable {
      case convolution(PackedConvolution3x3, stride: Int)
      case winograd(PackedWinograd3x3)
      case transpose(PackedUpconvolution)
      case head(PackedHead)
    }

    let layer: Layer
    let work: Work
    /// Indices into `activations`.
    let sources: [Int]
    /// nil for the head, which writes labels.
    let output: Int?
    let pooled: Int?
  }

  public let modelName: String
  public let architecture: Architecture
  public let inputSize: InputSize
  public let tier: CPUTier
  let kernels: Kernels
  let steps: [Step]
  let activations: [Activation]
  let arena: ArenaPlan

  /// - Parameters:
  ///   - inputSize: multiples of `architecture.stride`; see `Architecture.inputSize(width:height:budget:)`.
  ///   - tier: nil for the best one of this CPU.
  /// - Throws: `ModelError.inputSize` or `.tier`.
  public init(_ model: Int8Model, inputSize: InputSize, tier: CPUTier? = nil) throws(ModelError) {
    try model.architecture.check(inputSize)
    let kernels: Kernels
    do throws(TensorError) { kernels = try Kernels(tier: tier ?? .best) } catch { throw .tier("\(tier ?? .best)") }
    var builder = PlanBuilder(model.architecture, model.weights, inputSize, kernels)
    for layer in model.architecture.layers { builder.append(layer) }
    var arena = ArenaPlan()
    for activation in builder.activations { _ = arena.reserve(activation.shape, lifetime: activation.lifetime) }
    modelName = model.name
    architecture = model.architecture
    self.inputSize = inputSize
    self.tier = kernels.tier
    self.kernels = kernels
    steps = builder.steps
    activations = builder.activations
    self.arena = arena
  }

  /// Size of the label map: the input's divided by the stem.
  public var labelSize: InputSize {
    InputSize(height: inputSize.height / architecture.stem, width: inputSize.width / architecture.stem)
  }

  /// Multiply-accumulates per second that the tier's instruction reaches on registers alone; see `Kernels.measurePeak`.
  public func measurePeak(pool: WorkerPool? = nil, milliseconds: Int = 20) -> Double {
    kernels.measurePeak(pool: pool, milliseconds: milliseconds)
  }

  /// Multiply-accumulates of one picture.
  public var macs: Int { architecture.macs(inputSize) }

  /// Bytes of all activations' shared memory.
  public var arenaBytes: Int { arena.layout().byteCount }
}
