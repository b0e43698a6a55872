// verge train: makes a model from labelled pictures.
import ArgumentParser
import Foundation
import Synchronization
import Training
import UNet

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains a model on labelled pictures.",
    discussion: """
      The best model so far, measured on the --val sets, is always at the output path; beside it lies a checkpoint that
      --resume continues from. Ctrl-C stops with a checkpoint.

      Examples:
        verge train --data camvid:camvid:train --val camvid:camvid:val --epochs 100 -o town.safetensors
        verge train --data scenes: --minutes 10 -o scenes.safetensors
        verge train --data carla:runs:train --val carla:runs:val --init road --minutes 30 -o mine.safetensors
        verge train --data camvid:camvid:train --data scenes: --mix 0.85,0.15 --resume -o town.safetensors
      """)

  @Option(help: DataSpecification.help, transform: DataSpecification.parse)
  var data: [DataSpecification]

  @Option(
    help: ArgumentHelp("A data set to choose the best model by.", valueName: "spec"), transform: DataSpecification.parse
  )
  var val: DataSpecification?

  @Option(help: "Shares of the --data sets, such as 0.85,0.15; by number of pictures when left out.")
  var mix: NumberList<Double>?

  @Option(name: .shortAndLong, help: "The model file to write.")
  var output: String

  @Option(help: ArgumentHelp("A model to start from: a file or a shipped name.", valueName: "model"))
  var `init`: String?

  @OptionGroup var recipe: RecipeOptions

  @Flag(help: "Continue from the checkpoint beside the output.")
  var resume = false

  @Flag(inversion: .prefixedNo, help: "Quantise the best model at the end, so that it segments video.")
  var quantize = true

  @Flag(help: "Print one JSON object at the end.")
  var json = false

  @Flag(help: "Do not report on the way.")
  var quiet = false

  func run() throws {
    OpenBLAS.restartWithBestCore()
    let initial = try self.`init`.map { try ModelLibrary.load($0) }
    let sources = try data.map { try $0.open() }
    let configuration = try recipe.configuration(
      output: output, classNames: sources[0].classNames, initial: initial)
    let trainer = try Trainer(
      configuration, sources: sources, shares: mix?.numbers ?? [], validation: try val?.open(), initial: initial)
    if resume { try trainer.resume() }
    let isStopped = StopFlag()
    let interrupts = Interrupts { isStopped.set() }
    let reporter = TrainingReporter(quiet: quiet)
    let summary = try trainer.run { event in
      reporter.report(event)
      return !isStopped.value
    }
    try interrupts.check()
    if quantize {
      try FinalQuantization.run(
        path: output, data: data[0], validation: val, threads: configuration.threads, quiet: quiet)
    }
    if json { try printJSON(TrainResult(summary)) }
  }
}

/// Set once, from the interrupt's queue.
final class StopFlag: Sendable {
  private let flag = Atomic(false)
  var value: Bool { flag.load(ordering: .relaxed) }
  func set() { flag.store(true, ordering: .relaxed) }
}

/// The last line of `train --json`.
struct TrainResult: Encodable {
  struct Best: Encodable {
    let epoch: Int
    let meanIou: Double
  }

  let epochs, steps: Int
  let imagesPerS: Double
  let best: Best
  let model: String

  init(_ summary: TrainingSummary) {
    (epochs, steps, imagesPerS) = (summary.epochs, summary.steps, summary.imagesPerSecond)
    best = Best(epoch: summary.bestEpoch, meanIou: summary.bestMeanIoU)
    model = summary.modelPath
  }
}
