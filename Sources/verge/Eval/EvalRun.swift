// The work of `verge eval`.
import Foundation
import Synchronization
import Training
import UNet
import Video

/// Measures one model on data sets and videos, with progress on standard error.
final class EvalRun: Sendable {
  private let model: Model
  // Used by the thread that measures only.
  nonisolated(unsafe) private let predictor: any Predictor
  private let options: EvaluationOptions
  private let fBeta: FBetaRequest?
  private let limit: Int?
  private let isStopped = StopFlag()

  init(model: Model, predictor: any Predictor, options: EvaluationOptions, fBeta: FBetaRequest?, limit: Int?) {
    (self.model, self.predictor, self.options) = (model, predictor, options)
    (self.fBeta, self.limit) = (fBeta, limit)
  }

  /// Ends the work early; may be called from any thread.
  func stop() { isStopped.set() }

  /// Scores of a data set.
  ///
  /// - Parameters:
  ///   - map: a file with a class map; nil for none.
  ///   - confusion: where the confusion matrix goes; nil for nowhere.
  func measure(_ data: DataSpecification, map: String? = nil, confusion: String?) throws -> EvalResult {
    let source = try DataSpecification.open([data], map: map)[0]
    Console.standard.tell(of: [source])
    let set = try EvaluationSet(
      source, architecture: model.architecture, budget: model.trainingInput.pixels, limit: limit)
    let evaluation = try watched(unit: "images", total: set.count) { progress in
      try Evaluator.evaluate(predictor, on: set, options: options, progress: progress)
    }
    LeftOutPictures().name([set])
    // What is known of some pictures must not replace a file on all of them.
    if isStopped.value { return EvalResult(evaluation, options, fBeta: fBeta) }
    guard evaluation.confusion.counts.contains(where: { $0 > 0 }) else {
      throw TrainingError.data(path: data.description, reason: "not a single labelled pixel of the model's classes")
    }
    if let confusion {
      try ConfusionFile.write(
        evaluation.confusion, classNames: evaluation.classNames, title: "\(model.name) on \(data.shareable)",
        to: confusion)
    }
    return EvalResult(evaluation, options, fBeta: fBeta)
  }

  /// How much labels flicker on a video.
  func measure(video path: String) throws -> EvalReport.Video {
    MediaLog.route(to: nil)
    let source = try MediaSource(path)
    let total = limit.map { min($0, source.video.frameCount ?? $0) } ?? source.video.frameCount
    let flicker = try watched(unit: "frames", total: total) { progress in
      try VideoFlicker.measure(
        source, name: path, model.architecture, budget: model.trainingInput.pixels, with: predictor
      ) { count in progress(count) && count < limit ?? .max }
    }
    return EvalReport.Video(
      name: path, frames: flicker.frames, changed: flicker.changedShare, returned: flicker.returnedShare)
  }

  /// Runs some work that reports how many it has done, under a progress display.
  private func watched<T>(unit: String, total: Int?, _ work: ((Int) -> Bool) throws -> T) rethrows -> T {
    let done = Mutex(0)
    let began = ContinuousClock.now
    let display = ProgressDisplay(unit: unit, quiet: !Console.standard.isInteractive) {
      let count = done.withLock { $0 }
      return ProgressSample(
        done: count, total: total, rate: Double(count) / (ContinuousClock.now - began).milliseconds * 1e3)
    }
    defer { display.finish() }
    return try work { count in
      done.withLock { $0 = count }
      return !isStopped.value
    }
  }
}
