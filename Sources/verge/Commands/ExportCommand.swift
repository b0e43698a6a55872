// verge export: a model for other programs.
public import ArgumentParser
import Foundation
public import Interchange
import Settings
import UNet

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes a model as ONNX, in floats or in 8-bit integers, for ONNX Runtime, OpenVINO and others.",
    discussion: """
      Examples:
        verge export road -o road.onnx                       floats, at the model's own input size
        verge export road -o road.int8.onnx --precision int8 the integers that Verge itself runs, as QDQ
        verge export road -o wide.onnx --size 640x256        another size
        verge export road -o any.onnx --dynamic              any size, chosen at run time; slower

      The network takes `image`: float32, [1, 3, height, width], R, G, B as sample / 255. It gives `logits`: float32,
      [1, classes, height, width], both sides halved where the model has a stem of 2. The label of a pixel is the index of
      its largest logit. Class names, colours and the licences of the training data are in the file's metadata.
      """)

  @Argument(help: "A model file, or the name of a shipped model.")
  var model: String

  @Option(name: .shortAndLong, help: ArgumentHelp("Where to write.", valueName: "file.onnx"))
  var output: String

  @Option(help: "float or int8 (QDQ); int8 takes a model that was quantised.")
  var precision = ONNXExport.Precision.float

  @Option(help: ArgumentHelp("Input size; the model's training input when left out.", valueName: "WxH"))
  var size: PictureExtent?

  @Flag(help: "Leave height and width open.")
  var dynamic = false

  @Flag(help: "Replace an existing file.")
  var overwrite = false

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    if dynamic && size != nil { throw ValidationError("--dynamic leaves the size open; leave --size out") }
    if output == "-" { throw ValidationError("an export goes into a file; give its name to -o") }
  }

  func run() throws {
    let path = try ModelLibrary.path(of: model)
    var guardian = OutputGuard(input: path, overwrite: overwrite)
    try guardian.check(output)
    let model = try Model(contentsOf: path)
    let export = try ONNXExport(
      model, precision: precision, size: dynamic ? .dynamic : .fixed(size.map(InputSize.init) ?? model.trainingInput),
      toolVersion: Verge.version)
    let report = ExportReport(model, export, output: output, bytes: try export.write(to: output))
    if json { return try printJSON(report) }
    try Console.standard.data(report.line)
  }
}

extension ONNXExport.Precision: ExpressibleByArgument {}

extension InputSize {
  fileprivate init(_ size: PictureExtent) { self.init(height: size.height, width: size.width) }
}

/// What `export` tells.
struct ExportReport: Encodable {
  let model, output, precision: String
  /// `[H, W]`; nil where the size is open.
  let input: [Int]?
  let classes, bytes: Int

  init(_ model: Model, _ export: ONNXExport, output: String, bytes: Int) {
    self.model = model.name
    self.output = output
    self.bytes = bytes
    precision = export.precision.rawValue
    classes = model.architecture.classes.count
    if case .fixed(let size) = export.size { input = [size.height, size.width] } else { input = nil }
  }

  /// For people.
  var line: String {
    let size = input.map { "\($0[1])×\($0[0])" } ?? "any size"
    let megabytes = (Double(bytes) / 1e6).formatted(decimals: 1)
    return "wrote \(output): \(model) in \(precision), \(size), \(classes) classes, \(megabytes) MB"
  }
}
