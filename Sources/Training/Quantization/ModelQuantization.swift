// From a float model to an int8 one that is known to be as good.
import Foundation
public import UNet

/// A quantised model with what quantisation cost.
public struct QuantizationResult: Sendable {
  public let model: Model
  public let float, int8: Evaluation
  /// What the integers score with all layers direct; equal to `int8` where no layer is transformed.
  public let direct: Evaluation
  /// What was tried, what it lost, which layers cost most: as in the model's receipt.
  public let report: Receipt.QuantizationReport

  /// Mean IoU lost; negative where int8 happens to be better.
  public var loss: Double { float.meanIoU - int8.meanIoU }
}

/// Calibrates, quantises and measures.
public enum ModelQuantization {
  /// Quantises in the way that loses least on `validation`, and writes what it found to the receipt.
  ///
  /// Every calibration method is tried; the best one is tried again with equalised channels, then with corrected biases,
  /// which stay only where they measurably help.
  /// - Parameters:
  ///   - calibration: pictures for the ranges; training data.
  ///   - tried: called with each trial once it was measured.
  /// - Throws: `TrainingError.quantization` when the network cannot be quantised, and what data throws.
  public static func quantize(
    _ model: Model, calibration: EvaluationSet, validation: EvaluationSet, settings: QuantizationSettings,
    tried: @escaping (Receipt.QuantizationReport.Trial) -> Void = { _ in }
  ) throws(TrainingError) -> QuantizationResult {
    try settings.check()
    var search = try QuantizationSearch(
      model, calibration: calibration, validation: validation, settings: settings, tried: tried)
    let method = try search.calibrate()
    if settings.equalizes, let method { try search.equalize(method) }
    let direct = search.best.evaluation
    if case .auto(let limit) = settings.winograd { try search.transform(limit: limit) }
    if settings.correctsBiases { try search.correctBiases() }
    return try result(search, direct: direct)
  }

  private static func result(
    _ search: QuantizationSearch, direct: Evaluation
  ) throws(TrainingError) -> QuantizationResult {
    let (best, settings) = (search.best, search.settings)
    var report = Receipt.QuantizationReport(chosen: best.name, trials: search.trials.map(\.record))
    if settings.sensitivityPictures > 0 {
      report.layers = try LayerSensitivity.measure(
        best.model, on: search.calibration, pictures: settings.sensitivityPictures, threads: settings.threads)
    }
    report.speed = try settings.cpu.map { cpu throws(TrainingError) in
      try SpeedComparison.measure(best.model, cpu: cpu, threads: settings.threads)
    }
    let receipt = search.receipt(report, direct: direct)
    let model = try quantizing { () throws(ModelError) in
      try best.model.with(quantized: best.model.quantized, receipt: receipt)
    }
    return QuantizationResult(
      model: model, float: search.judge.float, int8: best.evaluation, direct: direct, report: report)
  }
}

/// Runs a step of the model library, whose errors are then those of quantisation.
func quantizing<R>(_ body: () throws(ModelError) -> R) throws(TrainingError) -> R {
  do throws(ModelError) { return try body() } catch { throw .quantization("\(error)") }
}
