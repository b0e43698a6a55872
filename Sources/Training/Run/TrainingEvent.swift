// What a run tells on its way and at its end.

/// What a run reports.
public enum TrainingEvent: Sendable {
  /// After every step.
  case step(StepReport)
  /// While measuring on the validation set: pictures done.
  case measuring(done: Int, total: Int)
  /// After measuring.
  case evaluation(EvaluationReport)
  case checkpoint(path: String)
  /// A picture that cannot be used is left out; another one stands in for it.
  case skipped(path: String, reason: String)
}

/// One step of training.
public struct StepReport: Sendable {
  /// Steps done.
  public let step: Int
  /// Epochs done, with the share of the one under way.
  public let epochs: Double
  public let loss, rate: Double
  /// Of this part of the run.
  public let imagesPerSecond: Double
  /// Seconds left, where that can be told.
  public let remaining: Double?
  /// Seconds of training so far.
  public let seconds: Double
}

/// One measurement.
public struct EvaluationReport: Sendable {
  public let step, epoch: Int
  public let evaluation: Evaluation
  public let isBest: Bool
  /// A few pictures of the validation set with what the network makes of them; only of a best one.
  public let samples: [ValidationSample]
}

/// Why a run ended.
public enum TrainingEnd: String, Sendable {
  /// At its length.
  case completed
  /// No better model for as many measurements as the recipe's patience.
  case stoppedEarly
  /// By the caller.
  case interrupted
}

/// What a finished run gives.
public struct TrainingSummary: Sendable {
  public let end: TrainingEnd
  public let epochs, steps: Int
  public let imagesPerSecond: Double
  public let bestEpoch: Int
  public let bestMeanIoU: Double
  public let modelPath: String
  /// Whether the model holds the integers that it was trained with.
  public let hasIntegers: Bool
}
