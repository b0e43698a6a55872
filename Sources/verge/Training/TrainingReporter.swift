// What `train` tells on its way.
import Foundation
import Training

/// Training events as a bar for each epoch on a terminal and as plain lines elsewhere.
final class TrainingReporter {
  private let console: Console
  private let quiet: Bool
  private let length: TrainingLength
  private let leftOut: LeftOutPictures
  private var lastLine = ContinuousClock.now
  /// Losses of the epoch under way.
  private var losses: [Double] = []
  private var epoch = 0
  private var meanIoU: Double?

  init(length: TrainingLength, quiet: Bool, leftOut: LeftOutPictures, console: Console = .standard) {
    (self.length, self.quiet, self.leftOut, self.console) = (length, quiet, leftOut, console)
  }

  func begin(_ statements: [String], resumedAt step: Int?) {
    guard !quiet else { return }
    for line in statements { console.note(line) }
    if let step { console.note("continues after step \(step)") }
  }

  func report(_ event: TrainingEvent) {
    guard !quiet else { return }
    switch event {
    case .step(let report): show(report)
    case .measuring(let done, let total):
      if console.isInteractive { console.showStatus("measuring, \(done) of \(total) pictures") }
    case .evaluation(let report): note(report)
    case .checkpoint: break
    case .skipped(let path, let reason): leftOut.name(path, reason: reason)
    }
  }

  func end(_ summary: TrainingSummary, files: TrainingFiles) {
    guard !quiet else { return }
    console.showStatus("")
    let best = "mIoU \(summary.bestMeanIoU.formatted(decimals: 4)) after epoch \(summary.bestEpoch)"
    let model = summary.bestEpoch > 0 || summary.bestMeanIoU > 0 ? "\(summary.modelPath): \(best)" : summary.modelPath
    switch summary.end {
    case .completed: console.note("done after \(summary.steps) steps; \(model); figures in \(files.log)")
    case .stoppedEarly:
      console.note("stopped early after \(summary.steps) steps, no longer better; \(model); figures in \(files.log)")
    case .interrupted:
      console.note("stopped after \(summary.steps) steps; verge train --resume -o \(files.output) goes on")
    }
  }

  private func show(_ report: StepReport) {
    if Int(report.epochs) != epoch { (epoch, losses) = (Int(report.epochs), []) }
    losses.append(report.loss)
    let text = line(report)
    if console.isInteractive {
      let share = report.epochs - report.epochs.rounded(.down)
      return console.showStatus(ProgressDisplay.bar(share: share, text: text, columns: console.columns))
    }
    guard ContinuousClock.now - lastLine > .seconds(20) else { return }
    console.note(text)
    lastLine = .now
  }

  /// `epoch 3 of 100, step 812, loss 0.5121, mIoU 0.412, 52.1 images/s, 12:31 left`
  private func line(_ report: StepReport) -> String {
    var count = "epoch \(Int(report.epochs) + 1)"
    if case .epochs(let all) = length { count += " of \(all)" }
    let loss = losses.reduce(0, +) / Double(max(1, losses.count))
    var parts = [count, "step \(report.step)", "loss \(loss.formatted(decimals: 4))"]
    if let meanIoU { parts.append("mIoU \(meanIoU.formatted(decimals: 3))") }
    parts.append("\(report.imagesPerSecond.formatted(decimals: 1)) images/s")
    if let left = report.remaining { parts.append("\(ProgressDisplay.clock(left)) left") }
    return parts.joined(separator: ", ")
  }

  private func note(_ report: EvaluationReport) {
    let evaluation = report.evaluation
    meanIoU = evaluation.meanIoU
    let classes = evaluation.classNames.enumerated().map { index, name in
      "\(name) \(evaluation.confusion.iou(index).map { $0.formatted(decimals: 3) } ?? "–")"
    }
    console.note(
      "epoch \(report.epoch): mIoU \(evaluation.meanIoU.formatted(decimals: 4)), pixel accuracy "
        + "\(evaluation.pixelAccuracy.formatted(decimals: 4))\(report.isBest ? ", the best so far" : ""): "
        + classes.joined(separator: ", "))
  }
}
