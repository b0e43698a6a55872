// The options about what is written.
import ArgumentParser
import Pipeline
import Video

/// Encoder, container, masks and records.
struct SinkArguments: ParsableArguments {
  @Flag(help: "Replace files that exist.")
  var overwrite = false

  @Option(help: ArgumentHelp("Video encoder, by FFmpeg's name.", valueName: "name"))
  var codec: String?

  @Option(help: ArgumentHelp("Speed of libx264 and its kin: ultrafast … veryslow.", valueName: "name"))
  var preset: String?

  @Option(help: ArgumentHelp("Quality of libx264 and its kin: 0 lossless … 51 worst.", valueName: "number"))
  var crf: Double?

  @Option(
    help: ArgumentHelp(
      "Container, by FFmpeg's name: mp4, matroska, mpegts, yuv4mpegpipe, rawvideo, …",
      discussion: "Default: by the output's suffix; matroska on standard output.", valueName: "name"))
  var format: String?

  @Flag(help: "Leave the sound out.")
  var noAudio = false

  @Option(help: ArgumentHelp("Write a PNG of class indices for each frame into this folder.", valueName: "folder"))
  var masks: String?

  @Option(
    help: ArgumentHelp(
      "Write a grey PNG for each frame into this folder: how sure each pixel's class is, 255 = sure.",
      discussion: "With --jsonl, each line then has the mean over the frame, 0 to 1, as \"confidence\".",
      valueName: "folder"))
  var confidence: String?

  @Option(help: ArgumentHelp("Write the class indices as a lossless grey video (FFV1).", valueName: "file"))
  var maskVideo: String?

  @Option(help: ArgumentHelp("Write a line of JSON for each frame; - is standard output.", valueName: "file"))
  var jsonl: String?

  @Flag(help: "Put run lengths of each class into the JSON lines (COCO's form).")
  var rle = false

  func validate() throws {
    if let crf, !(0...63).contains(crf) { throw ValidationError("--crf is from 0 to 63, not \(crf)") }
    if rle && jsonl == nil { throw ValidationError("--rle says what goes into --jsonl FILE; give that as well") }
  }
}

extension SinkArguments {
  /// The options that encode and write the overlay of a source.
  func options(for source: any PacketSource, threads: Int) -> SinkOptions {
    var options = SinkOptions(for: source)
    options.format = format
    options.codec = codec
    options.preset = preset
    options.crf = crf
    options.threads = threads
    options.overwrites = overwrite
    return options
  }

  /// What is written of the masks.
  func masks(hasDigest: Bool) -> MaskOptions {
    var options = MaskOptions()
    options.folder = masks
    options.confidence = confidence
    options.video = maskVideo
    options.records = jsonl
    options.hasRunLengths = rle
    options.hasDigest = hasDigest
    return options
  }
}
