// Masks for somebody to correct.
import Foundation
import Frames
import Pipeline
import UNet
import Video

/// Writes what a model sees in a frame as an indexed PNG of the frame's displayed size.
final class DraftMasks {
  private let model: Int8Model
  private let compute: ComputeArguments
  private let folder: URL
  private let palette: Palette
  private let writer = ImageWriter()
  private let expander = MaskExpander()
  private var engine: Engine?

  /// The network at the input size that fits frames of one size.
  private struct Engine {
    let width, height: Int
    let scaler: Scaler
    let network: Int8Network
    let labels: LabelMap
    let mask: LabelMap
  }

  /// - Throws: `ModelError` when the model cannot be read or has no int8 weights, `TensorError` for the tier.
  init(_ compute: ComputeArguments, folder: URL) throws {
    _ = try compute.kernels
    model = try ModelLibrary.loadInt8(compute.model)
    self.compute = compute
    self.folder = folder
    palette = Palette(model.architecture.classes.map { RGB($0.color.red, $0.color.green, $0.color.blue) })
  }

  func write(_ frame: Frame, name: String) throws {
    let engine = try engine(for: frame)
    let small = try engine.scaler.scale(frame)
    engine.network.run(
      pixels: small.planes[0].row(0), stride: small.planes[0].stride, labels: engine.labels.labels,
      labelStride: engine.labels.width)
    expander.expand(engine.labels, into: engine.mask)
    try writer.writePNG(engine.mask, palette: palette, to: folder.appending(path: name).path)
  }

  private func engine(for frame: Frame) throws(ModelError) -> Engine {
    let size = frame.displaySize
    if let engine, engine.width == size.width, engine.height == size.height { return engine }
    let input = model.architecture.inputSize(
      width: size.width, height: size.height, budget: model.trainingInput.pixels)
    let network = try Int8Network(model, inputSize: input, tier: compute.cpu, threads: compute.threadCount)
    let labelSize = network.plan.labelSize
    let made = Engine(
      width: size.width, height: size.height, scaler: Scaler(width: input.width, height: input.height),
      network: network,
      labels: LabelMap(width: labelSize.width, height: labelSize.height),
      mask: LabelMap(width: size.width, height: size.height))
    engine = made
    return made
  }
}
