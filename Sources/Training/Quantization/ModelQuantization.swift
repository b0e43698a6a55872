// From a float model to an int8 one that is known to be as good.
import Foundation
public import UNet

/// A quantised model with what quantisation cost.
public struct QuantizationResult: Sendable {
  public let model: Model
  public let float, int8: Evaluation
  /// What the same integers score with all layers direct; equal to `int8` where no layer is transformed.
  public let direct: Evaluation
  public let method: CalibrationMethod

  /// Mean IoU lost; negative where int8 happens to be better.
  public var loss: Double { float.meanIoU - int8.meanIoU }
}

/// Calibrates, quantises and measures.
public enum ModelQuantization {
  /// Quantises with the calibration method that loses least on `validation`, and writes both scores to the receipt.
  ///
  /// - Parameters:
  ///   - calibration: pictures for the ranges; training data.
  ///   - pictures: how many of them.
  ///   - methods: tried in order; the first of equals wins.
  ///   - winograd: whether layers may run in the transform domain, which costs another measurement or more.
  /// - Throws: `TrainingError.quantization` when the network cannot be quantised, and what data throws.
  public static func quantize(
    _ model: Model, calibration: EvaluationSet, pictures: Int = 48, validation: EvaluationSet,
    methods: [CalibrationMethod] = [.standard, .minMax, .meanSquare], winograd: WinogradSetting = .off, threads: Int
  ) throws(TrainingError) -> QuantizationResult {
    let float = try Evaluator.evaluate(
      try FloatPredictor(model, threads: threads), on: validation, withBoundaries: true)
    var best: (model: Model, evaluation: Evaluation, method: CalibrationMethod)?
    for method in methods {
      let ranges = try Calibration.measure(
        model, on: calibration, pictures: pictures, method: method, threads: threads)
      let candidate = try quantized(model, ranges)
      let evaluation = try Evaluator.evaluate(
        try Int8Predictor(candidate, threads: threads), on: validation, withBoundaries: true)
      if evaluation.meanIoU > best?.evaluation.meanIoU ?? -1 { best = (candidate, evaluation, method) }
    }
    guard let best else { throw .quantization("no calibration method was given") }
    var chosen = MeasuredModel(model: best.model, evaluation: best.evaluation)
    if case .auto(let limit) = winograd {
      let choice = try WinogradChoice(
        chosen, calibration: calibration, pictures: min(pictures, 16), validation: validation, threads: threads)
      chosen = try choice.choose(limit: limit)
    }
    var receipt = receipt(
      of: model, calibration: calibration, pictures: pictures, validation: validation, float: float,
      int8: chosen.evaluation, method: best.method)
    receipt.recipe["winograd"] = chosen.model.transformedLayers.isEmpty ? nil : summary(chosen, best.evaluation)
    return QuantizationResult(
      model: try with(receipt, chosen.model), float: float, int8: chosen.evaluation, direct: best.evaluation,
      method: best.method)
  }

  /// For the receipt.
  private static func summary(_ chosen: MeasuredModel, _ direct: Evaluation) -> String {
    let names = chosen.model.transformedLayers.joined(separator: " ")
    let figures = [direct.meanIoU, chosen.evaluation.meanIoU].map { ($0 * 1e4).rounded() / 1e4 }
    return "\(names); mean IoU \(figures[0]) with all layers direct, \(figures[1]) so"
  }

  private static func quantized(_ model: Model, _ ranges: ActivationRanges) throws(TrainingError) -> Model {
    do throws(ModelError) {
      return try model.with(
        quantized: try Quantizer.quantize(model.architecture, weights: model.weights, ranges: ranges))
    } catch {
      throw .quantization("\(error)")
    }
  }

  private static func with(_ receipt: Receipt, _ model: Model) throws(TrainingError) -> Model {
    do throws(ModelError) {
      return try model.with(quantized: model.quantized, receipt: receipt)
    } catch {
      throw .quantization("\(error)")
    }
  }

  private static func receipt(
    of model: Model, calibration: EvaluationSet, pictures: Int, validation: EvaluationSet, float: Evaluation,
    int8: Evaluation, method: CalibrationMethod
  ) -> Receipt {
    var receipt = model.receipt
    let name = validation.source.specification
    receipt.dataSets.removeAll { $0.use == "calibration" }
    receipt.dataSets.append(
      Receipt.DataSet(
        spec: calibration.source.specification, use: "calibration", images: min(pictures, calibration.count)))
    receipt.floatScores = receipt.floatScores.filter { $0.dataSet != name } + [float.score(dataSet: name)]
    receipt.int8Scores = receipt.int8Scores.filter { $0.dataSet != name } + [int8.score(dataSet: name)]
    receipt.recipe["calibration"] = "\(method)"
    return receipt
  }
}
