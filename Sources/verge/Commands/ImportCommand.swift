// verge import: a U-Net of another program as a model.
import ArgumentParser
import Foundation
import Interchange
import UNet

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Makes a model of a U-Net that PyTorch, Keras or Verge exported to ONNX.",
    discussion: """
      The network must be a U-Net like Verge's: on each level two 3×3 convolutions with ReLU, with batch norms or without;
      2×2 maxima on the way down; transposed convolutions, or nearest neighbours and a convolution, on the way up; skips
      joined in either order; a 1×1 convolution at the end; perhaps a convolution of stride 2 first. Anything else is named
      by its node.

      The model has float weights: verge quantize makes it segment video, verge train --init trains it on.

      Examples:
        verge import unet.onnx -o unet.safetensors
        verge import unet.onnx -o unet.safetensors --classes background,road --name tracks
        verge import keras.onnx -o keras.safetensors --classes camvid --white 255
        verge quantize unet.safetensors --data masks:pictures
      """)

  @Argument(help: ArgumentHelp("An ONNX file.", valueName: "file.onnx"))
  var input: String

  @Option(name: .shortAndLong, help: ArgumentHelp("The model file to write.", valueName: "model"))
  var output: String

  @Option(
    help: ArgumentHelp(
      "Names in label order, with commas; or a file with a line NAME or NAME #rrggbb for each; or camvid or carla. Those of the ONNX file, or class0, class1, … when left out.",
      valueName: "names"))
  var classes: String?

  @Option(help: "The model's name; that of the file when left out.")
  var name: String?

  @Option(
    help: ArgumentHelp(
      "What the network reads for white: 1 or 255. 255 when it divides by that itself, else 1, when left out.",
      valueName: "value"))
  var white: Int?

  @Flag(help: "Replace an existing file.")
  var overwrite = false

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    if let white, white != 1 && white != 255 { throw ValidationError("--white is 1 or 255") }
    if output == "-" { throw ValidationError("a model goes into a file; give its name to -o") }
  }

  func run() throws {
    var guardian = OutputGuard(input: input, overwrite: overwrite)
    try guardian.check(output)
    let options = ONNXImport.Options(
      name: name, classes: try classes.map { try ClassNames.read($0) }, inputRange: white.map { Float($0) },
      toolVersion: Verge.version)
    let model = try ONNXImport.model(contentsOf: input, options)
    try model.write(to: output)
    let report = ImportReport(model, output: output)
    if json { return try printJSON(report) }
    try Console.standard.data(report.line)
  }
}

/// What `import` tells.
struct ImportReport: Encodable {
  let model, output: String
  /// `[H, W]`.
  let input: [Int]
  let stem: Int
  let widths: [Int]
  let classes: [String]
  let weights: Int
  let notes: [String]

  init(_ model: Model, output: String) {
    self.model = model.name
    self.output = output
    input = [model.trainingInput.height, model.trainingInput.width]
    stem = model.architecture.stem
    widths = model.architecture.widths
    classes = model.architecture.classes.map(\.name)
    weights = model.architecture.parameterCount
    notes = model.receipt.notes
  }

  /// For people.
  var line: String {
    let shape = "stem \(stem), widths \(widths.map(String.init).joined(separator: ", "))"
    let facts = "\(model), a U-Net of \(shape), \(classes.count) classes, \(weights) float weights"
    return "wrote \(output): \(facts) (\(notes.joined(separator: "; "))); verge quantize \(output) comes next"
  }
}
