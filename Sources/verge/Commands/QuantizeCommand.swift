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
      Ranges come from --data (training pictures); what int8 costs is measured on --val. All calibration methods are tried
      (percentile, min-max, mean square, entropy), the best one also with equalised channels and with corrected biases;
      the one that loses least is written. What was tried, both networks' IoU by class, the layers that cost most and the
      speed here are kept in the model: verge inspect MODEL shows them.

      A model that loses more than --max-loss is refused with status 1, and what was at the output stays. Then more
      --pictures may help, or training with roundings (verge train --qat --init MODEL …); --force writes it all the same.

      With --winograd auto, 3×3 layers of many channels run in the transform domain, with less than half of the products;
      as many of them as cost no more than --winograd-loss against int8 without. Same labels on every machine.

      Examples:
        verge quantize town.safetensors --data camvid:camvid:train --val camvid:camvid:val
        verge quantize town.safetensors --data scenes: -o town.int8.safetensors --max-loss 0.01
        verge quantize road --data masks:mine:train --val masks:mine:val -o mine.safetensors --winograd auto --sensitivity
      """)

  @Argument(help: "A model file with float weights, or the name of a shipped model.")
  var model: String

  @Option(help: DataSpecification.help, transform: DataSpecification.parse)
  var data: DataSpecification

  @Option(
    help: ArgumentHelp(
      "The set to measure on; --data when left out, which flatters the figures.", valueName: "spec"),
    transform: DataSpecification.parse)
  var val: DataSpecification?

  @Option(help: ArgumentHelp("Which labels are which of the model's classes: lines LABEL: CLASS.", valueName: "file"))
  var map: String?

  @Option(name: .shortAndLong, help: "Where to write; the model file itself when left out.")
  var output: String?

  @Option(help: "Pictures to calibrate on.")
  var pictures = 48

  @Option(help: "The largest loss of mean IoU.")
  var maxLoss = QuantizationSettings.standardMaxLoss

  @Flag(help: "Write the model whatever it loses.")
  var force = false

  @Option(help: "Layers in the transform domain: auto or off.")
  var winograd = WinogradOption.off

  @Option(help: "The largest loss of mean IoU that --winograd auto may add.")
  var winogradLoss = WinogradSetting.standardLoss

  @Flag(inversion: .prefixedNo, help: "Try cross-layer equalisation.")
  var equalize = true

  @Flag(inversion: .prefixedNo, help: "Try bias correction.")
  var biasCorrection = true

  @Flag(help: "List what every layer costs, not the worst ones only.")
  var sensitivity = false

  @Flag(help: "Round the float weights to 16 bits first: little over half the file, for shipping.")
  var half = false

  @Option(help: "How many cores to load.")
  var threads: Int?

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard pictures > 0 else { throw ValidationError("--pictures must be at least 1, not \(pictures)") }
    guard maxLoss.isFinite, winogradLoss.isFinite else { throw ValidationError("a loss is a number, such as 0.005") }
    if let threads, !(1...256).contains(threads) { throw ValidationError("--threads is from 1 to 256, not \(threads)") }
  }

  func run() throws {
    OpenBLAS.restartWithBestCore()
    let path = try ModelLibrary.path(of: model)
    let stored = try Model(contentsOf: path)
    let float = half ? try stored.with(weights: stored.weights.roundedToHalf(), quantized: nil) : stored
    if val == nil {
      Console.standard.warn("no --val: int8 is measured on the pictures it is calibrated on, which flatters it")
    }
    let sets = try openSets(for: float)
    let result = try quantize(float, sets)
    let report = QuantizeReport(result, model: output ?? path, listsAllLayers: sensitivity)
    guard force || result.loss <= maxLoss else { throw refusal(of: path, result, report) }
    try result.model.write(to: output ?? path)
    if json { return try printJSON(report) }
    for line in report.lines { try Console.standard.data(line) }
  }

  /// The set to calibrate on, and the one to measure on where there is one.
  private func openSets(for model: Model) throws -> [EvaluationSet] {
    let sources = try DataSpecification.open([data] + [val].compactMap(\.self), map: map)
    Console.standard.tell(of: sources)
    return try sources.map {
      try EvaluationSet($0, architecture: model.architecture, budget: model.trainingInput.pixels)
    }
  }

  private func quantize(_ model: Model, _ sets: [EvaluationSet]) throws -> QuantizationResult {
    defer { LeftOutPictures().name(sets) }
    return try ModelQuantization.quantize(
      model, calibration: sets[0], validation: sets[sets.count - 1], settings: settings
    ) { trial in
      if !json { Console.standard.note(QuantizeReport.line(trial)) }
    }
  }

  private var settings: QuantizationSettings {
    var settings = QuantizationSettings(threads: threads ?? Machine.current.cores)
    settings.pictures = pictures
    (settings.equalizes, settings.correctsBiases) = (equalize, biasCorrection)
    settings.winograd = winograd == .auto ? .auto(maxLoss: winogradLoss) : .off
    settings.cpu = Machine.current.cpu
    return settings
  }

  /// Says on standard error which layers cost most; the error itself is one line.
  private func refusal(of path: String, _ result: QuantizationResult, _ report: QuantizeReport) -> CommandError {
    for line in report.layerLines { Console.standard.note(line) }
    return .unusable(what: path, why: QuantizeReport.refusal(result, maxLoss: maxLoss, model: model))
  }
}

/// Values of --winograd.
enum WinogradOption: String, ExpressibleByArgument {
  case auto, off
}
