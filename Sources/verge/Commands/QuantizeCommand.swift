// verge quantize: int8 weights for a float model, measured.
import ArgumentParser
import Foundation
import Training
import UNet

struct QuantizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quantize",
    abstract: "Calibrates and quantises a model, measures what that costs, and writes the receipt.",
    discussion: """
      Ranges come from --data (training pictures); the cost in mean IoU is measured on --val. A model that loses more than
      --max-loss is not written.

      With --winograd auto, 3×3 layers of many channels run in the transform domain, with less than half of the products;
      as many of them as cost no more than --winograd-loss against int8 without. Same labels on every machine.

      Examples:
        verge quantize town.safetensors --data camvid:camvid:train --val camvid:camvid:val
        verge quantize town.safetensors --data scenes: -o town.int8.safetensors --max-loss 0.01
      """)

  @Argument(help: "A model file, or the name of a shipped model.")
  var model: String

  @Option(help: DataSpecification.help, transform: DataSpecification.parse)
  var data: DataSpecification

  @Option(
    help: ArgumentHelp("The set to measure on; --data when left out.", valueName: "spec"),
    transform: DataSpecification.parse)
  var val: DataSpecification?

  @Option(name: .shortAndLong, help: "Where to write; the model file itself when left out.")
  var output: String?

  @Option(help: "Pictures to calibrate on.")
  var pictures = 48

  @Option(help: "The largest loss of mean IoU.")
  var maxLoss = 0.005

  @Option(help: "Layers in the transform domain: auto or off.")
  var winograd = WinogradOption.off

  @Option(help: "The largest loss of mean IoU that --winograd auto may add.")
  var winogradLoss = WinogradSetting.standardLoss

  @Flag(help: "Round the float weights to 16 bits first: little over half the file, for shipping.")
  var half = false

  @Option(help: "How many cores to load.")
  var threads: Int?

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    OpenBLAS.restartWithBestCore()
    let path = try ModelLibrary.path(of: model)
    let stored = try Model(contentsOf: path)
    let float = half ? try stored.with(weights: stored.weights.roundedToHalf(), quantized: nil) : stored
    let result = try ModelQuantization.quantize(
      float, calibration: try EvaluationSet(try data.open(), architecture: float.architecture), pictures: pictures,
      validation: try EvaluationSet(try (val ?? data).open(), architecture: float.architecture),
      winograd: winograd == .auto ? .auto(maxLoss: winogradLoss) : .off, threads: threads ?? Machine.current.cores)
    guard result.loss <= maxLoss else {
      throw CommandError.unusable(
        what: path, why: "int8 loses \(result.loss.formatted(decimals: 4)) mean IoU, more than --max-loss \(maxLoss)")
    }
    try result.model.write(to: output ?? path)
    let report = QuantizeReport(result, model: output ?? path)
    if json { return try printJSON(report) }
    for line in report.lines { try Console.standard.data(line) }
  }
}

/// Values of --winograd.
enum WinogradOption: String, ExpressibleByArgument {
  case auto, off
}

/// What `quantize` tells.
struct QuantizeReport: Encodable {
  let model: String
  let calibration: String
  let loss: Double
  let float, int8: EvalResult
  /// Mean IoU of the same integers with all layers direct.
  let directMeanIou: Double
  /// Layers in the transform domain.
  let winograd: [String]

  init(_ result: QuantizationResult, model: String) {
    self.model = model
    calibration = "\(result.method)"
    loss = result.loss
    directMeanIou = result.direct.meanIoU
    winograd = result.model.transformedLayers
    (float, int8) = (EvalResult(result.float), EvalResult(result.int8))
  }

  /// For people.
  var lines: [String] {
    let transformed =
      winograd.isEmpty
      ? [] : ["winograd: \(winograd.count) layers; mean IoU without \(directMeanIou.formatted(decimals: 4))"]
    return [
      "float: mean IoU \(float.meanIou.formatted(decimals: 4)), pixel accuracy \(float.pixelAccuracy.formatted(decimals: 4))",
      "int8:  mean IoU \(int8.meanIou.formatted(decimals: 4)), pixel accuracy \(int8.pixelAccuracy.formatted(decimals: 4))",
    ] + transformed + ["calibration \(calibration); wrote \(model)"]
  }
}
