import Foundation
// Measures the averaged weights and keeps the best model.
import Settings
import UNet

extension Trainer {
  /// Pictures of the validation set to show of a best model.
  private static let sampleCount = 4

  /// Measures the averaged weights and keeps them when they are the best so far; says whether the run goes on.
  func measure(_ report: (TrainingEvent) -> Bool) throws(TrainingError) -> TrainingEnd {
    guard state.measuredStep != state.step else { return .completed }
    try checkWeights()
    guard let validation else {
      state.measuredStep = state.step
      try writeModel(evaluation: nil)
      return .completed
    }
    var goesOn = true
    let predictor = try measuredPredictor()
    let evaluation = try Evaluator.evaluate(predictor, on: validation) { done in
      goesOn = report(.measuring(done: done, total: validation.count))
      return goesOn
    }
    guard reportSkipped(report), goesOn else { return .interrupted }
    return try judge(evaluation, of: predictor, on: validation, report)
  }

  private func judge(
    _ evaluation: Evaluation, of predictor: any Predictor, on set: EvaluationSet, _ report: (TrainingEvent) -> Bool
  ) throws(TrainingError) -> TrainingEnd {
    state.measuredStep = state.step
    let isBest = evaluation.meanIoU > state.bestMeanIoU
    state.measurementsSinceBest = isBest ? 0 : state.measurementsSinceBest + 1
    if isBest {
      (state.bestEpoch, state.bestMeanIoU) = (epoch, evaluation.meanIoU)
      try writeModel(evaluation: evaluation)
    }
    let samples = isBest ? try ValidationSample.take(Self.sampleCount, of: set, by: predictor) : []
    let event = EvaluationReport(
      step: state.step, epoch: epoch, evaluation: evaluation, isBest: isBest, samples: samples)
    guard report(.evaluation(event)) else { return .interrupted }
    let patience = recipe.evaluation.patience
    return patience > 0 && state.measurementsSinceBest >= patience ? .stoppedEarly : .completed
  }

  /// Before the first measurement an interrupted run has no model yet: then the weights as they are.
  func writeUnmeasured() throws(TrainingError) {
    guard state.measuredStep == nil, state.step > 0 else { return }
    try checkWeights()
    try writeModel(evaluation: nil)
  }

  /// The averaged weights as a model file, written atomically.
  private func writeModel(evaluation: Evaluation?) throws(TrainingError) {
    let weights = network.layout.weights(from: optimizer.average.data)
    let quantized = try awareness?.quantized(weights.folded())
    do throws(ModelError) {
      try Model(
        name: configuration.name, architecture: configuration.architecture,
        weights: state.hasFixedNorms ? weights.folded() : weights, quantized: quantized,
        trainingInput: try trainingInput(),
        receipt: receipt(evaluation)
      ).write(to: configuration.output)
    } catch {
      throw .checkpoint(path: configuration.output, reason: "\(error)")
    }
  }

  private func receipt(_ evaluation: Evaluation?) -> Receipt {
    var receipt = Receipt(toolVersion: configuration.toolVersion)
    receipt.dataSets = mix.parts.map {
      Receipt.DataSet(spec: $0.source.specification, use: "train", images: $0.source.count)
    }
    if let source = validation?.source {
      receipt.dataSets.append(Receipt.DataSet(spec: source.specification, use: "validation", images: source.count))
      let scores = evaluation.map { [$0.score(dataSet: source.specification)] } ?? []
      if awareness == nil { receipt.floatScores = scores } else { receipt.int8Scores = scores }
    }
    (receipt.seed, receipt.epochs, receipt.steps) = (recipe.seed, epoch, state.step)
    receipt.trainingSeconds = seconds
    // Data sets are named above, without their paths.
    receipt.recipe = recipe.settings.filter { !$0.key.hasPrefix("data.") && $0.key != "name" }
    if !recipe.data.map.isEmpty {
      receipt.recipe["data.map"] = URL(fileURLWithPath: recipe.data.map).lastPathComponent
    }
    return receipt
  }

  /// The input size that whole pictures have, enlarged, which crops at scale 1 teach.
  private func trainingInput() throws(ModelError) -> InputSize {
    guard let first = try? mix.picture(part: 0, index: 0) else { return recipe.size.inputSize }  // was read before
    return configuration.architecture.inputSize(
      width: first.width, height: first.height,
      budget: Int(Double(first.width * first.height) * recipe.enlargement * recipe.enlargement))
  }
}
