// A U-Net that can be trained, or run with float matrix products.
import Frames
import Tensors
import UNet

/// The layers of an architecture with memory for one batch size and picture size.
///
/// Allocates everything when made. Parameters live outside, in `ParameterLayout`'s order, so that networks of several
/// sizes can run on the same ones.
final class TrainingNetwork {
  let architecture: Architecture
  let layout: ParameterLayout
  /// f32 `[n, H, W, 3]`, samples / 255.
  let input: Activation
  let layers: [any TrainingLayer]
  let head: HeadLayer
  /// The type of activations and gradients between the picture and the logits.
  let real: RealType
  private let memory: Arena

  /// - Parameters:
  ///   - batch: pictures at a time.
  ///   - size: of the pictures; multiples of the architecture's stride.
  ///   - wantsGradient: false saves the backward pass's memory.
  /// - Throws: `TrainingError.setting` when a width is no multiple of 8, the size does not fit or the CPU does not have
  ///   the precision.
  convenience init(
    _ architecture: Architecture, batch: Int, size: InputSize, wantsGradient: Bool,
    precision: TrainingPrecision = .float, dropout: DropoutRecipe = DropoutRecipe()
  ) throws(TrainingError) {
    try self.init(
      architecture, batch: batch, size: size, wantsGradient: wantsGradient,
      arithmetic: try .best(precision, for: architecture), dropout: dropout)
  }

  /// On given code, for comparisons.
  init(
    _ architecture: Architecture, batch: Int, size: InputSize, wantsGradient: Bool, arithmetic: Arithmetic,
    dropout: DropoutRecipe = DropoutRecipe()
  ) throws(TrainingError) {
    var builder = try NetworkBuilder(
      architecture, batch: batch, size: size, wantsGradient: wantsGradient, arithmetic: arithmetic, dropout: dropout)
    for layer in architecture.layers { builder.add(layer) }
    self.architecture = architecture
    input = builder.input
    layers = builder.layers
    layout = builder.layout
    real = arithmetic.real
    memory = builder.plan.allocate()
    guard let head = layers.last as? HeadLayer else { preconditionFailure("a U-Net ends in its head") }
    self.head = head
  }

  /// Bytes that the network allocates: activations, gradients, packed weights and sums of parts.
  var byteCount: Int { memory.byteCount }

  /// The bytes that a network would allocate, without making it.
  ///
  /// - Throws: as `init`.
  static func memoryBytes(
    architecture: Architecture, batch: Int, size: InputSize, precision: TrainingPrecision, wantsGradient: Bool = true
  ) throws(TrainingError) -> Int {
    var builder = try NetworkBuilder(
      architecture, batch: batch, size: size, wantsGradient: wantsGradient,
      arithmetic: try .best(precision, for: architecture), dropout: DropoutRecipe())
    for layer in architecture.layers { builder.add(layer) }
    return builder.plan.byteCount
  }

  /// Multiply-accumulates of a forward pass over the batch.
  var multiplyAccumulates: Int { layers.reduce(0) { $0 + $1.multiplyAccumulates } }

  /// From `input` to the head's logits.
  func forward(_ pass: Pass) {
    for layer in layers {
      pass.clock?.layer = layer.name
      layer.forward(pass)
    }
  }

  /// From the gradient by the logits to those of all parameters.
  func backward(_ pass: Pass) {
    for layer in layers.reversed() {
      pass.clock?.layer = layer.name
      layer.backward(pass)
    }
  }

  /// The class of the largest logit, the lowest one on ties: u8 `[h, w]` of picture `n`, at 1/stem of the input's size.
  func labels(of picture: Int) -> LabelMap {
    let shape = head.logits.shape
    let map = LabelMap(width: shape.w, height: shape.h)
    let logits = head.logits.row(picture, 0)
    for pixel in 0..<(shape.h * shape.w) {
      var best = 0
      for c in 1..<max(1, shape.c) where logits[pixel * shape.c + c] > logits[pixel * shape.c + best] { best = c }
      map.labels[pixel] = UInt8(best)
    }
    return map
  }
}
