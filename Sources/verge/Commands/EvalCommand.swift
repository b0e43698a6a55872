// verge eval: scores of a model on labelled pictures.
import ArgumentParser
import Foundation
import Training
import UNet

struct EvalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval",
    abstract: "Measures a model on labelled pictures: accuracy, IoU by class, confusion, boundaries.",
    discussion: """
      Masks are compared at their own size. Mean IoU is over the whole set; classes absent from the labels are left out.

      Examples:
        verge eval road --data camvid:camvid:val
        verge eval town.safetensors --data carla:runs:val --json
      """)

  @Argument(help: "A model file, or the name of a shipped model: road, carla.")
  var model: String

  @Option(help: DataSpecification.help, transform: DataSpecification.parse)
  var data: DataSpecification

  @Option(help: "float or int8; what the model file has when left out, int8 first.", transform: Precision.parse)
  var precision: Precision?

  @Option(help: "How many cores to load.")
  var threads: Int?

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    OpenBLAS.restartWithBestCore()
    let model = try ModelLibrary.load(model)
    let set = try EvaluationSet(try data.open(), architecture: model.architecture)
    let predictor = try predictor(model, threads: threads ?? Machine.current.cores)
    let isStopped = StopFlag()
    let interrupts = Interrupts { isStopped.set() }
    let evaluation = try Evaluator.evaluate(predictor, on: set, withBoundaries: true) { _ in !isStopped.value }
    try interrupts.check()
    let result = EvalResult(evaluation)
    if json { return try printJSON(result) }
    for line in result.lines { try Console.standard.data(line) }
  }

  private func predictor(_ model: Model, threads: Int) throws -> any Predictor {
    switch precision ?? (model.quantized == nil ? .float : .int8) {
    case .float: try FloatPredictor(model, threads: threads)
    case .int8: try Int8Predictor(model, threads: threads)
    }
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

/// The scores of the contract.
struct EvalResult: Encodable {
  struct Class: Encodable {
    let name: String
    let iou: Double?
    let pixels: Int
  }

  let images: Int
  let pixelAccuracy: Double
  let meanIou: Double
  let classes: [Class]
  let boundaryF: Double?
  let seconds: Double
  /// By true class, then by predicted class.
  let confusion: [[Int]]

  init(_ evaluation: Evaluation) {
    let matrix = evaluation.confusion
    images = evaluation.images
    pixelAccuracy = evaluation.pixelAccuracy
    meanIou = evaluation.meanIoU
    classes = evaluation.classNames.enumerated().map { Class(name: $1, iou: matrix.iou($0), pixels: matrix.pixels($0)) }
    boundaryF = evaluation.boundaryF
    seconds = evaluation.seconds
    confusion = (0..<matrix.classes).map { Array(matrix.counts[($0 * matrix.classes)..<(($0 + 1) * matrix.classes)]) }
  }

  /// For people.
  var lines: [String] {
    var lines = ["\(images) images in \(seconds.formatted(decimals: 1)) s"]
    lines.append("pixel accuracy  \(pixelAccuracy.formatted(decimals: 4))")
    lines.append("mean IoU        \(meanIou.formatted(decimals: 4))")
    if let boundaryF { lines.append("boundary F      \(boundaryF.formatted(decimals: 4))") }
    let width = classes.map(\.name.count).max() ?? 0
    for entry in classes {
      let name = entry.name.padding(toLength: width + 2, withPad: " ", startingAt: 0)
      lines.append("  \(name)\(entry.iou.map { $0.formatted(decimals: 4) } ?? "absent")  \(entry.pixels) pixels")
    }
    return lines
  }
}
