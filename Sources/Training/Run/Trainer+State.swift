// Where a run stands: on the disk, and on its way to the end.
import Foundation

extension Trainer {
  private var stateArrays: [FloatBuffer] { [values, optimizer.first, optimizer.second, optimizer.average] }

  /// What a checkpoint must have been made with to be continued here.
  private var identity: RunIdentity { RunIdentity(configuration) }

  /// Continues from the configuration's checkpoint.
  ///
  /// A run with the roundings of 8 bits goes on with them whether the configuration asks for them or not.
  ///
  /// - Throws: `TrainingError.checkpoint` for a file that is missing, damaged, or of another network or recipe.
  public func resume() throws(TrainingError) {
    state = try Checkpoint.read(configuration.checkpoint, into: stateArrays, identity: identity)
    guard state.ranges != nil || !configuration.isQuantizationAware else {
      let reason = "is of a run without roundings: leave --qat out, or fine-tune its model with --qat --init"
      throw .checkpoint(path: configuration.checkpoint, reason: reason)
    }
    optimizer.step = state.step
    clock.earlierSeconds = state.seconds
    state.savedStep = state.step
  }

  /// Steps that a resumed run has behind it.
  public var stepsDone: Int { state.step }

  /// Keeps the state.
  ///
  /// - Throws: `TrainingError.checkpoint` (the last one is kept) and `.diverged`.
  func save() throws(TrainingError) {
    try checkWeights()
    state.seconds = seconds
    state.savedStep = state.step
    try Checkpoint.write(stateArrays, state: state, identity: identity, to: configuration.checkpoint)
    clock.lastCheckpoint = .now
  }

  /// Keeps the state and says so; false when the run is to end.
  func saveReporting(_ report: (TrainingEvent) -> Bool) throws(TrainingError) -> Bool {
    try save()
    return report(.checkpoint(path: configuration.checkpoint))
  }

  /// Says which pictures were left out since it was last said; false when the run is to end.
  func reportSkipped(_ report: (TrainingEvent) -> Bool) -> Bool {
    let skipped = mix.skipped.takeNew() + (validation?.skipped.takeNew() ?? [])
    return skipped.reduce(true) { report(.skipped(path: $1.path, reason: $1.reason)) && $0 }
  }

  /// Seconds of training over all parts of the run.
  var seconds: Double { clock.seconds }

  /// Whole epochs done.
  var epoch: Int { state.step * recipe.batch / mix.epoch }

  /// How much of the run is done, 0…1.
  var progress: Double {
    switch recipe.length {
    case .epochs(let count): Double(state.step * recipe.batch) / Double(count * mix.epoch)
    case .steps(let count): Double(state.step) / Double(count)
    case .minutes(let count): seconds / (60 * count)
    }
  }

  var isDone: Bool { progress >= 1 }

  func stepReport(loss: Double, rate: Double) -> StepReport {
    StepReport(
      step: state.step, epochs: Double(state.step * recipe.batch) / Double(mix.epoch), loss: loss, rate: rate,
      imagesPerSecond: imagesPerSecond, remaining: remaining, seconds: seconds)
  }

  /// Seconds left at the pace of this part of the run; the machine may have been busier, or quieter, in those before.
  private var remaining: Double? {
    if case .minutes(let count) = recipe.length { return max(0, 60 * count - seconds) }
    guard clock.steps > 0, progress > 0 else { return nil }
    let steps = Double(state.step) * max(0, 1 / progress - 1)
    return steps * clock.partSeconds / Double(clock.steps)
  }

  func summary(_ end: TrainingEnd) -> TrainingSummary {
    TrainingSummary(
      end: end, epochs: epoch, steps: state.step, imagesPerSecond: imagesPerSecond, bestEpoch: state.bestEpoch,
      bestMeanIoU: max(0, state.bestMeanIoU), modelPath: configuration.output, hasIntegers: awareness != nil)
  }

  private var imagesPerSecond: Double { Double(clock.steps * recipe.batch) / max(clock.partSeconds, 1e-9) }
}

/// Time and steps of one part of a run.
struct RunClock {
  private var begin = ContinuousClock.now
  var lastCheckpoint = ContinuousClock.now
  /// Of the parts before.
  var earlierSeconds = 0.0
  /// Steps of this part.
  var steps = 0

  mutating func start() {
    (begin, lastCheckpoint, steps) = (.now, .now, 0)
  }

  var partSeconds: Double { Self.seconds(ContinuousClock.now - begin) }
  var seconds: Double { earlierSeconds + partSeconds }
  var sinceCheckpoint: Double { Self.seconds(ContinuousClock.now - lastCheckpoint) }

  private static func seconds(_ duration: Duration) -> Double { duration / .seconds(1) }
}
