// What quantisation tells: tried ways, scores, layers, speed.
import Training
import UNet

/// What `quantize` tells.
struct QuantizeReport: Encodable {
  let model: String
  /// The way that was chosen.
  let calibration: String
  let loss: Double
  let float, int8: EvalResult
  /// Mean IoU of the same integers with all layers direct.
  let directMeanIou: Double
  /// Layers in the transform domain.
  let winograd: [String]
  /// What was tried, what layers cost, how fast it is.
  let report: Receipt.QuantizationReport
  private let listsAllLayers: Bool

  private enum CodingKeys: CodingKey {
    case model, calibration, loss, float, int8, directMeanIou, winograd, report
  }

  /// - Parameter listsAllLayers: for people; programs get all of them anyway.
  init(_ result: QuantizationResult, model: String, listsAllLayers: Bool) {
    self.model = model
    self.listsAllLayers = listsAllLayers
    report = result.report
    calibration = result.report.chosen
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
    ] + transformed + [report.speed.map { "speed: \($0.sentence)" }].compactMap(\.self) + layerLines
      + ["calibration \(calibration); wrote \(model)"]
  }

  /// The layers that cost most, or all.
  var layerLines: [String] { report.layerTable(limit: listsAllLayers ? nil : 5) }

  /// One trial in a line.
  static func line(_ trial: Receipt.QuantizationReport.Trial) -> String {
    let same = (100 * trial.agreement).formatted(decimals: 2)
    return "\(trial.name): mean IoU \(trial.meanIoU.formatted(decimals: 4)), \(same) % of labels as in floats"
  }

  /// Why a model is not written, and what to do, in one line.
  static func refusal(_ result: QuantizationResult, maxLoss: Double, model: String) -> String {
    "\(loss(result, limit: "--max-loss \(maxLoss)")); nothing was written; try more --pictures or "
      + "verge train --qat --init \(model), or accept it with --max-loss or --force"
  }

  /// How much a model loses, and where.
  ///
  /// - Parameter limit: what that is more than, as the user knows it.
  static func loss(_ result: QuantizationResult, limit: String) -> String {
    let trials = result.report.trials.map { trial in
      "\(trial.name) \((result.float.meanIoU - trial.meanIoU).formatted(decimals: 4))"
    }
    let worst = result.report.layers.first.map { "; the layer that costs most is \($0.name)" } ?? ""
    return "int8 loses \(result.loss.formatted(decimals: 4)) mean IoU, more than \(limit) "
      + "(tried: \(trials.joined(separator: ", ")))\(worst)"
  }
}

extension Receipt.QuantizationReport {
  /// A line for each way that was tried.
  var trialTable: [String] {
    var table = Table([("quantised by", .left), ("mIoU", .right), ("labels as in floats", .right)])
    for trial in trials {
      table.add(
        trial.name, trial.meanIoU.formatted(decimals: 4), "\((100 * trial.agreement).formatted(decimals: 2)) %")
    }
    return table.lines
  }

  /// A line for each layer, the most expensive first.
  func layerTable(limit: Int?) -> [String] {
    guard !layers.isEmpty else { return [] }
    var table = Table([("layer in 8 bits alone", .left), ("signal to noise", .right), ("labels changed", .right)])
    for layer in layers.prefix(limit ?? layers.count) {
      table.add(
        layer.name, "\(layer.signalToNoise.formatted(decimals: 1)) dB",
        "\((100 * layer.changedLabels).formatted(decimals: 2)) %")
    }
    return table.lines
  }
}

extension Receipt.QuantizationReport.Speed {
  var sentence: String {
    let times = [int8Milliseconds, floatMilliseconds].map { $0.formatted(decimals: 1) }
    return
      "int8 \(ratio.formatted(decimals: 1)) × as fast as float (\(times[0]) and \(times[1]) ms at \(width)×\(height), "
      + "\(tier), \(threads) thread\(threads == 1 ? "" : "s") of \(cpu))"
  }
}
