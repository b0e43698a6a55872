// verge inspect: what a file is, and what is wrong with it.
import ArgumentParser
import Foundation
import UNet

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Tells what a video, a model or a data set is, and what is wrong with it.",
    discussion: """
      Examples:
        verge inspect drive.mp4              streams, size, rotation, colour, frames, trouble
        verge inspect road --plan            a shipped model, layer by layer
        verge inspect my.safetensors --json  for a program
        verge inspect drive.mp4 --decode     also decodes every frame
        verge inspect camvid/                photographs and masks: pairs, sizes, classes

      Status 0 means that the file can be used, with or without remarks; 1 that it cannot.
      """)

  @Argument(help: "A video, a model file or a shipped model's name, or a data set's folder.")
  var file: String

  @Flag(help: "List a model's layers: shapes, kernels, costs.")
  var plan = false

  @Flag(help: "Decode every frame of a video, instead of reading its packets only.")
  var decode = false

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let findings = try inspect()
    guard json else { return try findings.lines.forEach { try Console.standard.data($0) } }
    try printJSON(findings)
  }

  private func inspect() throws -> Findings {
    let splits = LabelledFolder.splits(of: file)
    if !splits.isEmpty { return Findings(dataSet: file, splits: splits) }
    guard isModel else { return try Findings(video: file, decode: decode) }
    let path = try ModelLibrary.path(of: file)
    return try Findings(model: Model(contentsOf: path), path: path, plan: plan)
  }

  /// Whether a model is meant: by its suffix, or by the name of a shipped one where no such file is.
  private var isModel: Bool {
    if file.hasSuffix(".safetensors") || plan { return true }
    return ModelLibrary.url(named: file) != nil && !FileManager.default.fileExists(atPath: file)
  }
}
