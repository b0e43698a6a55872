// verge eval: scores of a model on labelled pictures.
import ArgumentParser
import Foundation
import Training
import UNet
import Video

struct EvalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval",
    abstract: "Measures a model on labelled pictures: accuracy, IoU by class, confusion, boundaries, flicker.",
    discussion: """
      Masks are compared at their own size. Mean IoU is over the whole set; classes that the labels do not contain are named
      and left out (null in JSON). Boundary F counts boundaries that meet within 3 pixels.

      Pictures whose numbers follow each other (drive_017.png, drive_018.png or drive_019.png) are taken for consecutive
      frames; flicker is the share of their pixels whose predicted label changes though the true one stays. --video measures
      a video without labels: how many pixels change, and how many leave their label for one frame and come back.

      What --ignore-bottom and --tta give stands beside the plain scores, never in their place. --steady measures another
      thing altogether, labels as the daemon's overlay.steady paints them, and says so.

      Examples:
        verge eval road --data camvid:camvid:val
        verge eval town.safetensors --data carla:runs:val --ignore-bottom 50 --f-beta lyft-udacity
        verge eval road --data camvid:camvid:val --f-beta car=2,road+pavement=0.5 --tta flip,0.75,1.25
        verge eval road --data camvid:camvid:val --confusion matrix.png --json
        verge eval road --video drive.mp4
        verge eval road --video drive.mp4 --steady
      """)

  @Argument(help: "A model file, or the name of a shipped model: road, carla, accurate.")
  var model: String

  @Option(help: DataSpecification.help, transform: DataSpecification.parse)
  var data: DataSpecification?

  @Option(help: ArgumentHelp("Which labels are which of the model's classes: lines LABEL: CLASS.", valueName: "file"))
  var map: String?

  @Option(help: ArgumentHelp("Measure how much labels flicker on this video.", valueName: "file"))
  var video: String?

  @Option(help: "float or int8; what the model file has when left out, int8 first.", transform: Precision.parse)
  var precision: Precision?

  @Option(
    help: ArgumentHelp(
      "Score these classes by F-beta, classes joined by + as one; or lyft-udacity: F2 of vehicles, F0.5 of the road.",
      valueName: "class=beta,…"))
  var fBeta: String?

  @Option(
    help: ArgumentHelp("Score again without so many rows at the bottom, such as a car's hood.", valueName: "rows"))
  var ignoreBottom = 0

  @Option(
    help: ArgumentHelp(
      "Score again with the average of several views: flip, sizes, or both, as in flip,0.75,1.25.", valueName: "views"))
  var tta: String?

  @Flag(help: "Measure labels that were steadied from frame to frame, as overlay.steady does; of one drive only.")
  var steady = false

  @Option(
    help: ArgumentHelp("Write the confusion matrix of the plain scores, as .png or .csv.", valueName: "file"))
  var confusion: String?

  @Option(help: ArgumentHelp("Measure at most so many pictures or frames.", valueName: "n"))
  var limit: Int?

  @Option(help: "How many cores to load.")
  var threads: Int?

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard data != nil || video != nil else {
      throw ValidationError("say what to measure on: --data SPEC or --video FILE")
    }
    guard data != nil || (fBeta, ignoreBottom, tta, confusion) == (nil, 0, nil, nil) else {
      throw ValidationError("--f-beta, --ignore-bottom, --tta and --confusion need labels: --data SPEC")
    }
    if steady, tta != nil { throw ValidationError("--steady follows the labels of one view; leave out --tta") }
    guard ignoreBottom >= 0 else { throw ValidationError("--ignore-bottom is 0 or more, not \(ignoreBottom)") }
    if let threads, !(1...256).contains(threads) { throw ValidationError("--threads is from 1 to 256, not \(threads)") }
    if let limit, limit < 1 { throw ValidationError("--limit is at least 1, not \(limit)") }
    do {
      if let tta { _ = try TestTimeAveraging(tta) }
      if let confusion { try ConfusionFile.check(confusion) }
    } catch {
      throw ValidationError("\(error)")
    }
  }

  func run() throws {
    OpenBLAS.restartWithBestCore()
    let model = try ModelLibrary.load(model)
    let precision = precision ?? (model.quantized == nil ? .float : .int8)
    let run = EvalRun(
      model: model, predictor: try predictor(model, precision), options: try options,
      fBeta: try fBeta.map { text throws(TrainingError) in
        try FBetaRequest(text, classNames: model.architecture.classes.map(\.name))
      }, limit: limit)
    let interrupts = Interrupts { run.stop() }
    let pictures = try data.map { try run.measure($0, map: map, confusion: confusion) }
    try interrupts.check()
    let video = try video.map { try run.measure(video: $0) }
    try interrupts.check()
    let result = EvalReport(
      model: model.name, precision: precision.rawValue, isSteadied: steady, pictures: pictures, video: video)
    if json { return try printJSON(result) }
    for line in result.lines { try Console.standard.data(line) }
  }

  private var options: EvaluationOptions {
    get throws {
      var options = EvaluationOptions()
      (options.withBoundaries, options.withFlicker) = (true, true)
      options.ignoredRows = ignoreBottom
      options.averaging = try tta.map { text throws(TrainingError) in try TestTimeAveraging(text) }
      return options
    }
  }

  private func predictor(_ model: Model, _ precision: Precision) throws -> any Predictor {
    let threads = threads ?? Machine.current.cores
    let predictor: any Predictor =
      switch precision {
      case .float: try FloatPredictor(model, threads: threads)
      case .int8: try Int8Predictor(model, threads: threads)
      }
    return steady ? SteadyPredictor(predictor) : predictor
  }
}

/// Which weights of a model are run.
enum Precision: String {
  case float, int8

  static func parse(_ text: String) throws -> Precision {
    guard let precision = Precision(rawValue: text) else { throw ValidationError("--precision is float or int8") }
    return precision
  }
}
