// Training that feels the roundings of 8 bits.
import UNet

/// Runs the passes of a network as its integers would: weights rounded by output channel and activations by tensor on the
/// way forward, gradients straight through the roundings on the way back.
///
/// The trained weights stay floats. Ranges are fixed, so that what is learned fits the integers made from them; values
/// beyond a range are clipped and get no gradient. Norms must do nothing: they are folded before, and what would scale them
/// stays. Layers in the transform domain round differently from what is simulated here.
/// - Source: Jacob et al. 2018, §3; Bengio et al. 2013 for the straight-through estimate.
final class QuantizationAwareness {
  let ranges: ActivationRanges
  private let architecture: Architecture
  private let fake: FakeQuantization
  private let layout: ParameterLayout
  private let rounded: FloatBuffer

  /// - Throws: `TrainingError.quantization` when a range is missing or no number.
  init(_ architecture: Architecture, _ layout: ParameterLayout, ranges: ActivationRanges) throws(TrainingError) {
    (self.architecture, self.layout, self.ranges) = (architecture, layout, ranges)
    let activations = try quantizing { () throws(ModelError) in try Quantizer.scales(architecture, ranges) }
    fake = FakeQuantization(architecture: architecture, activations: activations)
    rounded = FloatBuffer(count: layout.count)
  }

  /// The parameters with rounded weights, for a pass to read.
  func round(_ values: FloatBuffer, workers: Workers) -> UnsafeMutablePointer<Float> {
    rounded.data.update(from: values.data, count: values.count)
    let layers = architecture.layers
    workers.run(shares: layers.count) { share, _ in fake.roundWeights(of: layers[share], layout, in: rounded.data) }
    return rounded.data
  }

  /// Forward with rounded activations; `pass` reads what `round` gave.
  func forward(_ network: TrainingNetwork, _ pass: Pass) {
    network.forward(pass) { fake.roundOutput(of: $0, workers: pass.workers) }
  }

  /// Backward, with nothing for values that were clipped and for what the norms must keep.
  func backward(_ network: TrainingNetwork, _ pass: Pass) {
    network.backward(pass) { clip($0, workers: pass.workers) }
    for layer in architecture.layers {
      guard let scale = layout["\(layer.name).norm.scale"] else { continue }
      (pass.gradients + scale.offset).update(repeating: 0, count: scale.count)
    }
  }

  func clip(_ layer: any TrainingLayer, workers: Workers) { fake.clip(layer, workers: workers) }

  /// The integers of trained weights.
  ///
  /// - Throws: `TrainingError.quantization`.
  func quantized(_ weights: Weights) throws(TrainingError) -> QuantizedWeights {
    try quantizing { () throws(ModelError) in try Quantizer.quantize(architecture, weights: weights, ranges: ranges) }
  }
}
