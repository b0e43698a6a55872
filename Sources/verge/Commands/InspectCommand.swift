// verge inspect: what a file is, and what is wrong with it.
import ArgumentParser
import Foundation
import Settings
import Tensors
import Training
import UNet
import Video

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
        verge inspect camvid/                a data set: classes, and what would spoil a training
        verge inspect carla:runs:val --sheet sheet.png

      A data set is a folder, whose format and splits are found out, or FORMAT:PATH[:SPLIT]. Everything in it is read:
      missing partners, damaged files, wrong sizes and labels, masks that are JPEG, that lie off their photographs or belong
      to the frame before or after, photographs that several splits share, classes that do not occur. Errors are what
      training stops at or fails by, warnings what makes it worse, notes are to know.

      Status 0 means that the file can be used, with or without remarks; 1 that it cannot.
      """)

  @Argument(help: "A video, a model file or a shipped model's name, or a data set's folder.")
  var file: String

  @Flag(help: "List a model's layers as they run here: shapes, kernels, what is fused, bytes, costs.")
  var plan = false

  @Option(help: ArgumentHelp("Plan for this input size; by default the one of the training.", valueName: "WxH"))
  var size: PictureExtent?

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

  @Option(help: ArgumentHelp("Draw pictures of a data set with their labels into this PNG.", valueName: "file"))
  var sheet: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    if !plan, size != nil || cpu != nil || threads != nil {
      throw ValidationError("--size, --cpu and --threads say what --plan is made for; give that as well")
    }
    if let sheet, !sheet.lowercased().hasSuffix(".png") { throw ValidationError("--sheet writes a PNG: FILE.png") }
    if let threads, !(1...256).contains(threads) { throw ValidationError("--threads is from 1 to 256, not \(threads)") }
  }

  func run() throws {
    let splits = plan || sensitivity ? [] : try LintSplit.find(file)
    guard splits.isEmpty else { return try run(DataSetInspection(file, splits: splits), splits) }
    if sheet != nil {
      let why = "no data set by its folders, so there is no --sheet of it; name its format, such as pairs:\(file)"
      throw CommandError.unusable(what: file, why: why)
    }
    let findings = try inspect()
    guard json else { return try findings.lines.forEach { try Console.standard.data($0) } }
    try printJSON(findings)
  }

  private func run(_ inspection: DataSetInspection, _ splits: [LintSplit]) throws {
    if let sheet { try ImageFile.replacePNG(at: sheet, with: LintSheet.draw(splits, title: file)) }
    if json { try printJSON(inspection) } else { try inspection.lines.forEach { try Console.standard.data($0) } }
    if inspection.hasErrors { throw ExitCode(ExitStatus.failed) }
  }

  private func inspect() throws -> Findings {
    guard isModel else { return try video() }
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

  /// A video, a picture, or a folder of pictures.
  private func video() throws -> Findings {
    do {
      return try Findings(video: file, decode: decode)
    } catch VideoError.cannotOpen(let path, _) where FileManager.default.isReadableFile(atPath: path + "/.") {
      throw CommandError.unusable(what: path, why: LintSplit.reason(forNoDataSet: path))
    }
  }

  /// Whether a model is meant: by its suffix, or by the name of a shipped one where no such file is.
  private var isModel: Bool {
    if file.hasSuffix(".safetensors") || plan || sensitivity { return true }
    return ModelLibrary.url(named: file) != nil && !FileManager.default.fileExists(atPath: file)
  }
}
