import Foundation
// Carries a training plan out.
import Settings
import Synchronization
import Training
import UNet

/// A run from its start to the quantised model.
struct TrainingRun {
  let plan: TrainingPlan
  let configuration: TrainerConfiguration
  let files: TrainingFiles
  let quiet: Bool
  private let leftOut: LeftOutPictures

  init(_ plan: TrainingPlan, configuration: TrainerConfiguration, files: TrainingFiles, quiet: Bool) {
    (self.plan, self.configuration, self.files, self.quiet) = (plan, configuration, files, quiet)
    leftOut = LeftOutPictures(quiet: quiet)
  }

  /// Trains.
  ///
  /// - Throws: `Interruption` after a signal, with everything written.
  func run(resume: Bool) throws -> TrainingSummary {
    let trainer = try Trainer(
      configuration, sources: plan.sources, shares: plan.recipe.data.weights, validation: plan.validation,
      initial: plan.initial)
    // The checkpoint of an earlier run must not pass for one of this.
    if resume { try trainer.resume() } else { unlink(configuration.checkpoint) }
    try writeRecipe()
    let reporter = TrainingReporter(length: plan.recipe.length, quiet: quiet, leftOut: leftOut)
    let sources = plan.sources + [plan.validation].compactMap { $0 }
    Console.standard.tell(of: sources, onlyWarnings: quiet)
    reporter.begin(trainer.statement, resumedAt: resume ? trainer.stepsDone : nil)
    let isStopped = StopFlag()
    let interrupts = Interrupts { isStopped.set() }
    var log: RunLog? = try RunLog(
      folder: files.log, title: configuration.name, classes: plan.classes, firstStep: trainer.stepsDone)
    let summary = try trainer.run { event in
      do throws(TrainingError) {
        try log?.record(event)
      } catch {
        // Figures are not worth hours of training.
        Console.standard.warn("\(error); no more figures are written")
        log = nil
      }
      reporter.report(event)
      return !isStopped.value
    }
    reporter.end(summary, files: files)
    try interrupts.check()
    return summary
  }

  private func writeRecipe() throws {
    let head = "# How \(files.output) was trained; verge train --recipe with this file does it again.\n"
    do {
      try Data((head + plan.recipe.yaml).utf8).write(to: URL(filePath: files.recipe), options: .atomic)
    } catch {
      throw CommandError.unusable(what: files.recipe, why: error.localizedDescription)
    }
  }

  /// Adds int8 weights to the model at the output path.
  ///
  /// - Parameter hasIntegers: whether it was trained with its own.
  func quantize(hasIntegers: Bool) throws {
    try FinalQuantization.run(
      path: files.output, data: plan.sources[0], validation: plan.validation, threads: configuration.threads,
      hasIntegers: hasIntegers, leftOut: leftOut, quiet: quiet)
  }
}

/// Set once, from the interrupt's queue.
final class StopFlag: Sendable {
  private let flag = Atomic(false)
  var value: Bool { flag.load(ordering: .relaxed) }
  func set() { flag.store(true, ordering: .relaxed) }
}
