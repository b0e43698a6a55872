// What `train` tells on its way.
import Foundation
import Training

/// Training events as a status line on a terminal and as plain lines elsewhere.
final class TrainingReporter {
  private let console: Console
  private let quiet: Bool
  private var lastLine = ContinuousClock.now
  /// Losses since the last line.
  private var losses: [Double] = []

  init(quiet: Bool, console: Console = .standard) {
    self.quiet = quiet
    self.console = console
  }

  func report(_ event: TrainingEvent) {
    guard !quiet else { return }
    switch event {
    case .step(let step, let epoch, let loss, let rate, let speed, let remaining):
      losses.append(loss)
      let mean = losses.reduce(0, +) / Double(losses.count)
      var line =
        "epoch \(epoch), step \(step), loss \(mean.formatted(decimals: 4)), rate \(String(format: "%.2e", rate))"
      line += ", \(speed.formatted(decimals: 1)) images/s"
      if let remaining { line += ", \(ProgressDisplay.clock(remaining)) left" }
      show(line)
    case .evaluation(let epoch, let evaluation, let isBest):
      let classes = evaluation.classNames.enumerated().map { index, name in
        "\(name) \(evaluation.confusion.iou(index).map { $0.formatted(decimals: 3) } ?? "–")"
      }
      console.note(
        "epoch \(epoch): mIoU \(evaluation.meanIoU.formatted(decimals: 4)), pixel accuracy "
          + "\(evaluation.pixelAccuracy.formatted(decimals: 4))\(isBest ? ", the best so far" : ""): "
          + classes.joined(separator: ", "))
    case .checkpoint(let path):
      console.note("checkpoint \(path)")
    }
  }

  private func show(_ line: String) {
    if console.isInteractive { return console.showStatus(line) }
    guard ContinuousClock.now - lastLine > .seconds(20) else { return }
    console.note(line)
    losses = []
    lastLine = .now
  }
}
