// One quantised form of a model, and how near it comes to the float network.
import Frames
import UNet

/// A quantised model with what it scores on the validation set.
struct QuantizationTrial {
  /// How it was made, in a few words.
  var name: String
  var model: Model
  var evaluation: Evaluation
  /// Share of pixels that have the float network's label.
  var agreement: Double

  /// Differences of mean IoU below this tell nothing: a few pixels of a rare class make them.
  static let sameIoU = 0.0005
  /// A transformation must win back so much agreement to be worth having.
  static let helpfulAgreement = 0.001

  /// Whether a further transformation of `other` pays: more mean IoU, or as much and clearly more of the float labels.
  func helps(_ other: QuantizationTrial) -> Bool {
    let gain = evaluation.meanIoU - other.evaluation.meanIoU
    return gain > Self.sameIoU || gain >= -Self.sameIoU && agreement - other.agreement > Self.helpfulAgreement
  }

  /// The trial of most mean IoU; of those that tell no difference the one that agrees most with the float network.
  static func best(of trials: [QuantizationTrial]) -> QuantizationTrial? {
    let top = trials.map(\.evaluation.meanIoU).max() ?? 0
    return trials.filter { $0.evaluation.meanIoU >= top - sameIoU }.reduce(nil) { best, trial in
      trial.agreement > best?.agreement ?? -1 ? trial : best
    }
  }

  /// For the receipt.
  var record: Receipt.QuantizationReport.Trial {
    Receipt.QuantizationReport.Trial(name: name, meanIoU: evaluation.meanIoU, agreement: agreement)
  }
}

/// Measures quantised forms of one model, all against the same float labels.
struct QuantizationJudge {
  let float: Evaluation
  let validation: EvaluationSet
  let threads: Int
  /// The float network's, by picture.
  private let labels: [LabelMap]

  /// Runs the float network over the whole validation set.
  init(_ model: Model, validation: EvaluationSet, threads: Int) throws(TrainingError) {
    let recorder = LabelRecorder(try FloatPredictor(model, threads: threads))
    float = try Evaluator.evaluate(recorder, on: validation)
    (self.validation, self.threads, labels) = (validation, threads, recorder.labels)
  }

  func measure(_ model: Model, name: String) throws(TrainingError) -> QuantizationTrial {
    let recorder = LabelRecorder(try Int8Predictor(model, threads: threads))
    let evaluation = try Evaluator.evaluate(recorder, on: validation)
    var (same, pixels) = (0, 0)
    for (a, b) in zip(labels, recorder.labels) {
      same += zip(a.buffer, b.buffer).count { $0 == $1 }
      pixels += a.buffer.count
    }
    return QuantizationTrial(
      name: name, model: model, evaluation: evaluation, agreement: Double(same) / Double(max(1, pixels)))
  }
}

/// Keeps what a predictor says.
private final class LabelRecorder: Predictor {
  private let predictor: any Predictor
  private(set) var labels: [LabelMap] = []

  init(_ predictor: any Predictor) { self.predictor = predictor }

  func predict(_ picture: EvaluationPicture) throws(TrainingError) -> LabelMap {
    let map = try predictor.predict(picture)
    labels.append(map)
    return map
  }
}
