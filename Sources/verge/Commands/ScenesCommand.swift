// verge scenes: streets drawn by the program, with every pixel's class known.
import ArgumentParser
import Foundation
import Frames
import Scenes
import Settings
import Video

struct ScenesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scenes",
    abstract: "Draws street scenes seen from a car: a clip, labelled frames, or an endless live source.",
    discussion: """
      A seed stands for a street with its light, weather and traffic; the same seed gives the same pictures everywhere.
      The class of every pixel is known exactly.

      Examples:
        verge scenes -o drive.mp4                            ten seconds of a street
        verge scenes -o drive.mp4 --masks drive-masks        … and a mask for each frame
        verge scenes -o frames --vary --frames 200           200 labelled frames of 200 streets
        verge scenes -o carla --classes carla --vary         masks in CARLA's 13 classes
        verge scenes -o - --realtime | verge segment - --live -o live.mkv

      A folder gets images/ and masks/, named by number, ready for verge train and eval as camvid:FOLDER.
      """)

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "A video file or URL, a folder for labelled frames (a name without a suffix), or - for standard output.",
      valueName: "output"))
  var output: String

  @Option(
    help: ArgumentHelp(
      "How many frames.", discussion: "Default: 300 for a video, 10 for a folder, no end with --realtime.",
      valueName: "count"))
  var frames: Int?

  @Option(help: ArgumentHelp("Size of the pictures.", valueName: "WxH"))
  var size = PictureExtent(width: 1280, height: 720)

  @Option(help: ArgumentHelp("Which street.", valueName: "number"))
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("Frames a second, such as 30 or 30000/1001.", valueName: "rate"))
  var fps = FrameRate(Rational(30, 1))

  @Option(help: ArgumentHelp("First frame of the street.", valueName: "frame"))
  var start = 0

  @Option(help: ArgumentHelp("Take every Nth frame of the street.", valueName: "N"))
  var every = 1

  @Flag(help: "Another street for each frame: seed, seed + 1, …")
  var vary = false

  @Flag(help: "Give out frames at the pace of the clock, without end unless --frames says so.")
  var realtime = false

  @Option(help: ArgumentHelp("Write the mask of each frame of a video into this folder as well.", valueName: "folder"))
  var masks: String?

  @Option(help: "Classes of the masks: \(LabelSet.allValueStrings.joined(separator: ", ")).")
  var classes = LabelSet.camvid

  @Option(help: ArgumentHelp("Video encoder, by FFmpeg's name.", valueName: "name"))
  var codec: String?

  @Option(help: ArgumentHelp("Speed of libx264 and its kin: ultrafast … veryslow.", valueName: "name"))
  var preset: String?

  @Option(help: ArgumentHelp("Quality of libx264 and its kin: 0 lossless … 51 worst.", valueName: "number"))
  var crf: Int?

  @Option(help: ArgumentHelp("Container, by FFmpeg's name: mp4, matroska, y4m, …", valueName: "name"))
  var format: String?

  @Flag(help: "Replace files that exist.")
  var overwrite = false

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  func validate() throws {
    if let frames, frames < 1 { throw ValidationError("--frames is at least 1, not \(frames)") }
    if !(1...1_000_000).contains(every) { throw ValidationError("--every is from 1 to 1000000, not \(every)") }
    if !(0...1_000_000_000).contains(start) { throw ValidationError("--start is from 0 to 1000000000, not \(start)") }
    if let crf, !(0...63).contains(crf) { throw ValidationError("--crf is from 0 to 63, not \(crf)") }
    if size.width > 16384 || size.height > 16384 { throw ValidationError("--size is at most 16384x16384") }
    if isFolder && masks != nil { throw ValidationError("a folder has its masks/ already; leave --masks out") }
    if isFolder && format != nil { throw ValidationError("--format is for videos; a folder holds PNG files") }
  }

  /// Whether labelled frames are asked for: a name that ends in a slash, is a folder, or has no suffix.
  private var isFolder: Bool {
    if output.contains(":") || output == "-" { return false }
    var isDirectory: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: output, isDirectory: &isDirectory)
    return exists ? isDirectory.boolValue : output.hasSuffix("/") || (format == nil && !output.contains(/\.[^.\/]+$/))
  }

  func run() throws {
    let outputs = try openOutputs()
    let count = frames ?? (realtime ? nil : isFolder ? 10 : 300)
    let run = SceneRun(
      size: size, fps: fps.rate, seed: seed, start: start, every: every, vary: vary, count: count, isPaced: realtime)
    try run.work(into: outputs, quiet: quiet)
  }

  private func openOutputs() throws -> [any SceneOutput] {
    if isFolder {
      return [try SceneFolder(output, images: true, classes: classes, overwrites: overwrite)]
    }
    let masks = try masks.map { try SceneFolder($0, images: false, classes: classes, overwrites: overwrite) }
    return [try SceneVideo(output, options: sinkOptions)] + (masks.map { [$0] } ?? [])
  }

  private var sinkOptions: SinkOptions {
    var options = SinkOptions()
    options.format = format
    options.codec = codec
    options.preset = preset
    options.crf = crf.map(Double.init)
    options.isLive = realtime
    options.overwrites = overwrite
    options.frameRate = fps.rate
    options.diagnostics = { Console.standard.warn($0) }
    return options
  }
}
