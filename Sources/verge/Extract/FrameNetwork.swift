// A network for the frames of a video, one at a time.
import Frames
import Tensors
import Training
import UNet
import Video

/// Labels frames at the input size that fits them, as `verge segment` does.
final class FrameNetwork {
  let model: Int8Model
  private let compute: ComputeArguments
  private var engine: Engine?

  /// The network at the input size that fits frames of one size.
  private struct Engine {
    let width, height: Int
    let scaler: Scaler
    let network: Int8Network
  }

  /// - Throws: `ModelError` when the model cannot be read or has no int8 weights, `TensorError` for the tier.
  init(_ compute: ComputeArguments) throws {
    _ = try compute.kernels
    model = try ModelLibrary.loadInt8(compute.model)
    self.compute = compute
  }

  /// A frame's labels at the network's own size, in a map of their own.
  func labels(of frame: Frame) throws -> LabelMap { try run(frame, logits: nil) }

  /// The same, with the logits of all classes.
  func scores(of frame: Frame) throws -> (labels: LabelMap, logits: ScoreMap) {
    let (size, classes) = (try engine(for: frame).network.plan.labelSize, model.architecture.classes.count)
    var values = [Float](repeating: 0, count: size.pixels * classes)
    let labels = try values.withUnsafeMutableBufferPointer { try run(frame, logits: $0.baseAddress) }
    return (labels, ScoreMap(width: size.width, height: size.height, classes: classes, values: values))
  }

  private func run(_ frame: Frame, logits: UnsafeMutablePointer<Float>?) throws -> LabelMap {
    let engine = try engine(for: frame)
    let small = try engine.scaler.scale(frame)
    let size = engine.network.plan.labelSize
    let map = LabelMap(width: size.width, height: size.height)
    engine.network.run(
      pixels: small.planes[0].row(0), stride: small.planes[0].stride, labels: map.labels, labelStride: map.width,
      logits: logits)
    return map
  }

  private func engine(for frame: Frame) throws(ModelError) -> Engine {
    let size = frame.displaySize
    if let engine, engine.width == size.width, engine.height == size.height { return engine }
    let input = model.architecture.inputSize(
      width: size.width, height: size.height, budget: model.trainingInput.pixels)
    let network = try Int8Network(model, inputSize: input, tier: compute.cpu, threads: compute.threadCount)
    let made = Engine(
      width: size.width, height: size.height, scaler: Scaler(width: input.width, height: input.height),
      network: network)
    engine = made
    return made
  }
}
