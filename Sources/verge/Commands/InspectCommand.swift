// verge inspect: what a file is, and what is wrong with it.
import ArgumentParser
import Foundation
import Tensors
import UNet

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Tells what a video, a model or a data set is, and what is wrong with it.",
    discussion: """
      Examples:
        verge inspect drive.mp4              streams, size, rotation, colour, frames, trouble
        verge inspect road --plan            a shipped model, layer by layer: kernels, memory, costs
        verge inspect road --plan --size 832x480 --cpu avx2 --threads 4
        verge inspect my.safetensors --json  for a program
        verge inspect drive.mp4 --decode     also decodes every frame
        verge inspect camvid/                photographs and masks: pairs, sizes, classes

      Status 0 means that the file can be used, with or without remarks; 1 that it cannot.
      """)

  @Argument(help: "A video, a model file or a shipped model's name, or a data set's folder.")
  var file: String

  @Flag(help: "List a model's layers as they run here: shapes, kernels, what is fused, bytes, costs.")
  var plan = false

  @Option(help: ArgumentHelp("Plan for this input size; by default the one of the training.", valueName: "WxH"))
  var size: PictureSize?

  @Option(
    help: ArgumentHelp("Plan for these kernels; by default the fastest that run here.", valueName: "tier"),
    transform: { try CPUTier(named: $0) })
  var cpu: CPUTier?

  @Option(help: "Plan for so many cores; by default all that the process may use.")
  var threads: Int?

  @Flag(help: "List what each layer of a model costs in 8 bits, as quantisation measured it, not the worst five only.")
  var sensitivity = false

  @Flag(help: "Decode every frame of a video, instead of reading its packets only.")
  var decode = false

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    if !plan, size != nil || cpu != nil || threads != nil {
      throw ValidationError("--size, --cpu and --threads say what --plan is made for; give that as well")
    }
    if let threads, !(1...256).contains(threads) { throw ValidationError("--threads is from 1 to 256, not \(threads)") }
  }

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
    let model = try Model(contentsOf: path)
    var findings = Findings(model: model, path: path, listsAllLayers: sensitivity)
    if plan {
      try findings.addPlan(
        of: model, size: size.map { InputSize(height: $0.height, width: $0.width) }, tier: cpu,
        threads: threads ?? Machine.current.cores)
    }
    return findings
  }

  /// Whether a model is meant: by its suffix, or by the name of a shipped one where no such file is.
  private var isModel: Bool {
    if file.hasSuffix(".safetensors") || plan || sensitivity { return true }
    return ModelLibrary.url(named: file) != nil && !FileManager.default.fileExists(atPath: file)
  }
}
