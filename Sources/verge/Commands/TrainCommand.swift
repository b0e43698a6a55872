// verge train: makes a model from labelled pictures.
import ArgumentParser
import Foundation
import Settings
import Synchronization
import Training
import UNet
import Video

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains a model on labelled pictures.",
    discussion: """
      The best model so far, measured on the --val set, is always at the output path. Beside it lie the recipe as it was in
      effect (.recipe.yaml), a checkpoint that --resume continues from, and a folder of figures (.log): metrics.csv, events
      for TensorBoard, curves.png, and best.png with pictures, true and predicted labels. Ctrl-C stops with a checkpoint.

      A recipe is a YAML file; options override its keys. Presets: \(RecipeLibrary.shipped.joined(separator: ", ")).

      Examples:
        verge train --data scenes: -o scenes.safetensors
        verge train --data camvid:camvid:train --val camvid:camvid:val --epochs 100 -o town.safetensors
        verge train --data carla:runs:train --val carla:runs:val --init road --minutes 30 -o mine.safetensors
        verge train --data camvid:camvid:train --data scenes: --mix 0.85,0.15 -o town.safetensors
        verge train --qat --init town.safetensors --data camvid:camvid:train --val camvid:camvid:val -o town8.safetensors
        verge train --resume -o town.safetensors
        verge train --recipe carla --print-recipe > mine.yaml
        verge train --data camvid:camvid:train --augment driving --preview sheet.png
        verge train --recipe mine.yaml --data carla:runs:train --val carla:runs:val -o mine.safetensors

      \(DataSpecification.manual)
      """)

  @Option(help: DataSpecification.help, transform: DataSpecification.parse)
  var data: [DataSpecification] = []

  @Option(
    help: ArgumentHelp("A data set to choose the best model by.", valueName: "spec"), transform: DataSpecification.parse
  )
  var val: DataSpecification?

  @Option(help: "Shares of the --data sets, such as 0.85,0.15; by number of pictures when left out.")
  var mix: String?

  @Option(
    help: ArgumentHelp("Which labels of the data teach which classes, see verge train --help.", valueName: "file"))
  var map: String?

  @Option(name: .shortAndLong, help: "The model file to write.")
  var output: String?

  @Option(help: ArgumentHelp("A model to start from: a file or a shipped name.", valueName: "model"))
  var `init`: String?

  @OptionGroup var options: RecipeOptions

  @Flag(help: "Print the recipe with every key and what it means, and train nothing.")
  var printRecipe = false

  @Option(help: ArgumentHelp("Draw what the network will see to a PNG, and train nothing.", valueName: "sheet.png"))
  var preview: String?

  @Flag(help: "Continue from the checkpoint beside the output, with the recipe there.")
  var resume = false

  @Flag(help: "Start anew where a model or a run is already.")
  var overwrite = false

  @Option(help: ArgumentHelp("The folder of figures; OUTPUT.log when left out.", valueName: "folder"))
  var log: String?

  @Flag(inversion: .prefixedNo, help: "Quantise the best model at the end, so that it segments video.")
  var quantize = true

  @Flag(
    help: ArgumentHelp(
      "Train with the roundings of int8: fine-tunes --init MODEL where quantize loses too much.",
      discussion: "10 epochs at a rate of 0.0002 in float precision, where nothing else is asked for."))
  var qat = false

  @Option(help: "How many cores to load.")
  var threads: Int?

  @Flag(help: "Print one JSON object at the end.")
  var json = false

  @Flag(help: "Do not report on the way.")
  var quiet = false

  func validate() throws {
    guard !printRecipe else { return }
    guard output != nil || preview != nil else {
      throw ValidationError("Missing expected argument '--output <output>'")
    }
    if let threads, !(1...256).contains(threads) { throw ValidationError("--threads is from 1 to 256, not \(threads)") }
    guard !(resume && overwrite) else { throw ValidationError("give one of --resume and --overwrite") }
    if qat, self.`init` == nil, !resume {
      throw ValidationError("--qat fine-tunes a model: give it with --init MODEL")
    }
    guard !data.isEmpty || options.recipe != nil || resume else {
      throw ValidationError("Missing expected argument '--data <spec>'")
    }
  }

  func run() throws {
    if printRecipe { return try Console.standard.data(String(try givenRecipe().recipe.yaml.dropLast())) }
    let files = output.map { TrainingFiles($0, log: log) }
    if preview == nil { try files?.check(resume: resume, overwrite: overwrite) }
    OpenBLAS.restartWithBestCore()
    let initial = try self.`init`.map { try ModelLibrary.load($0) }
    let plan = try TrainingPlan(try givenRecipe(), initial: initial)
    if let preview { return try plan.drawPreview(to: preview) }
    guard let files else { preconditionFailure("validated") }
    var configuration = try plan.configuration(files, threads: threads)
    configuration.isQuantizationAware = qat
    let run = TrainingRun(plan, configuration: configuration, files: files, quiet: quiet)
    let summary = try run.run(resume: resume)
    if quantize, summary.end != .interrupted { try run.quantize(hasIntegers: summary.hasIntegers) }
    if json { try printJSON(TrainResult(summary)) }
  }

  /// The recipe of files and options.
  private func givenRecipe() throws -> GivenRecipe {
    var reader = SettingsReader<Recipe>()
    let name = try baseRecipe()
    var isShipped = false
    if let name {
      let found = try RecipeLibrary.text(of: name)
      try reader.read(found.text, from: found.place)
      isShipped = found.isShipped
    }
    if isShipped { reader.forgetPlaces() }
    if !data.isEmpty { try reader.set("data.train", to: data.map(\.description), from: "--data") }
    if let mix { try reader.set("data.weights", to: mix, from: "--mix") }
    if let val { try reader.set("data.validation", toText: val.description, from: "--val") }
    if let map { try reader.set("data.map", toText: map, from: "--map") }
    // Scenes are drawn as they are asked for: streets to measure on cost nothing.
    if val == nil, !data.isEmpty, data.allSatisfy({ $0.format == .scenes && $0.split.isEmpty }) {
      try reader.set("data.validation", toText: "scenes:\(data[0].path):val", from: "--data")
    }
    try options.apply(to: &reader)
    if qat { try setRoundingDefaults(in: &reader) }
    return GivenRecipe(recipe: try reader.value(), keys: reader.given, preset: isShipped ? name : nil)
  }

  /// A trained model needs little more, at a small rate; bf16 cannot hold the codes.
  private func setRoundingDefaults(in reader: inout SettingsReader<Recipe>) throws {
    let isResumed = resume && options.recipe == nil
    for (key, value) in [("length", "10 epochs"), ("optimizer.rate", "0.0002")]
    where !isResumed && !reader.given.contains(key) {
      try reader.set(key, to: value, from: "--qat")
    }
    try reader.set("precision", to: "float", from: "--qat")
  }

  /// The file or preset to start from: the one asked for, that of the run to resume, or that of the data.
  private func baseRecipe() throws -> String? {
    if let recipe = options.recipe { return recipe }
    if resume, let output {
      let path = TrainingFiles(output, log: nil).recipe
      if FileManager.default.fileExists(atPath: path) { return path }
    }
    return !data.isEmpty && data.allSatisfy { $0.format == .scenes } ? "scenes" : nil
  }
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
