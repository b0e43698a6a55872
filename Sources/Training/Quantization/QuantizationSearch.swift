// The search for the quantised form of a model that loses least.
import UNet

/// Tries one thing after another, each on top of the best so far.
struct QuantizationSearch {
  let settings: QuantizationSettings
  let calibration: EvaluationSet
  let judge: QuantizationJudge
  private let model: Model
  private let tried: (Receipt.QuantizationReport.Trial) -> Void
  /// In the order they were made.
  private(set) var trials: [QuantizationTrial] = []
  private(set) var best: QuantizationTrial

  init(
    _ model: Model, calibration: EvaluationSet, validation: EvaluationSet, settings: QuantizationSettings,
    tried: @escaping (Receipt.QuantizationReport.Trial) -> Void
  ) throws(TrainingError) {
    (self.model, self.settings, self.calibration, self.tried) = (model, settings, calibration, tried)
    judge = try QuantizationJudge(model, validation: validation, threads: settings.threads)
    best = QuantizationTrial(name: "float", model: model, evaluation: judge.float, agreement: 1)
  }

  /// Tries every calibration method, and the integers that the model has where that is asked for, and keeps the best.
  ///
  /// - Returns: the method of the best; nil where it is the model's own integers.
  mutating func calibrate() throws(TrainingError) -> CalibrationMethod? {
    if settings.triesOwnIntegers, model.quantized != nil { try measure(model, name: "trained with roundings") }
    let statistics = try ActivationStatistics(
      model, on: calibration, pictures: settings.pictures, threads: settings.threads)
    for method in settings.methods {
      try measure(quantized(model, statistics.ranges(method)), name: method.description)
    }
    best = QuantizationTrial.best(of: trials) ?? best
    peaks = statistics.peaks
    return settings.methods.first { $0.description == best.name }
  }

  /// By layer and channel, of the model as it came.
  private var peaks: [String: [Float]] = [:]

  /// Tries equalised channels, calibrated anew.
  mutating func equalize(_ method: CalibrationMethod) throws(TrainingError) {
    let weights = Equalization.equalized(model.weights, model.architecture, peaks: peaks)
    guard weights != model.weights else { return }
    let equalized = try quantizing { () throws(ModelError) in try model.with(weights: weights, quantized: nil) }
    let statistics = try ActivationStatistics(
      equalized, on: calibration, pictures: settings.pictures, threads: settings.threads)
    try adopt(
      measure(quantized(equalized, statistics.ranges(method)), name: best.name + ", equalised"))
  }

  /// Puts layers into the transform domain.
  mutating func transform(limit: Double) throws(TrainingError) {
    let choice = try WinogradChoice(best, judge, calibration: calibration, pictures: min(settings.pictures, 16))
    best = try choice.choose(limit: limit)
    guard !best.model.transformedLayers.isEmpty else { return }
    record(best)
  }

  /// Tries corrected biases.
  mutating func correctBiases() throws(TrainingError) {
    let correction = try BiasCorrection(
      best.model, on: calibration, pictures: min(settings.pictures, 16), threads: settings.threads)
    try adopt(measure(correction.corrected(), name: best.name + ", biases corrected"))
  }

  private mutating func adopt(_ trial: QuantizationTrial) {
    if trial.helps(best) { best = trial }
  }

  @discardableResult
  private mutating func measure(_ model: Model, name: String) throws(TrainingError) -> QuantizationTrial {
    let trial = try judge.measure(model, name: name)
    record(trial)
    return trial
  }

  private mutating func record(_ trial: QuantizationTrial) {
    trials.append(trial)
    tried(trial.record)
  }

  private func quantized(_ model: Model, _ ranges: ActivationRanges) throws(TrainingError) -> Model {
    try quantizing { () throws(ModelError) in
      try model.with(quantized: try Quantizer.quantize(model.architecture, weights: model.weights, ranges: ranges))
    }
  }
}

extension QuantizationSearch {
  /// The model's receipt with what was found.
  func receipt(_ report: Receipt.QuantizationReport, direct: Evaluation) -> Receipt {
    var receipt = best.model.receipt
    let name = judge.validation.source.specification
    receipt.dataSets.removeAll { $0.use == "calibration" }
    receipt.dataSets.append(
      Receipt.DataSet(
        spec: calibration.source.specification, use: "calibration",
        images: min(settings.pictures, calibration.count)))
    receipt.floatScores = receipt.floatScores.filter { $0.dataSet != name } + [judge.float.score(dataSet: name)]
    receipt.int8Scores = receipt.int8Scores.filter { $0.dataSet != name } + [best.evaluation.score(dataSet: name)]
    receipt.recipe["calibration"] = best.name
    receipt.recipe["winograd"] = best.model.transformedLayers.isEmpty ? nil : winogradSummary(direct)
    receipt.quantization = report
    return receipt
  }

  private func winogradSummary(_ direct: Evaluation) -> String {
    let names = best.model.transformedLayers.joined(separator: " ")
    let figures = [direct.meanIoU, best.evaluation.meanIoU].map { ($0 * 1e4).rounded() / 1e4 }
    return "\(names); mean IoU \(figures[0]) with all layers direct, \(figures[1]) so"
  }
}
