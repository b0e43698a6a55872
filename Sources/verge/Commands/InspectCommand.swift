// verge inspect: what a file is, and what is wrong with it.
import ArgumentParser
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
        verge inspect frames/                a folder of pictures and masks

      Status 0 means that the file can be used, with or without remarks; 1 that it cannot.
      """)

  @Argument(help: "A video, a model file or a shipped model's name, or a data set's folder.")
  var file: String

  @Flag(help: "List a model's layers: shapes, kernels, costs.")
  var plan = false

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let findings = try inspect()
    guard json else { return try findings.lines.forEach { try Console.standard.data($0) } }
    try printJSON(findings)
  }

  private func inspect() throws -> Findings {
    let path = try ModelLibrary.path(of: file)
    return try Findings(model: Model(contentsOf: path), path: path, plan: plan)
  }
}
