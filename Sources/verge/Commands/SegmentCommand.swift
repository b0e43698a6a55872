import ArgumentParser
import Foundation
import Frames
import Pipeline
// verge segment: a source in, an overlay, masks or records out.
import Settings
import Tensors
import UNet
import Video

struct SegmentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "segment",
    abstract: "Gives every pixel of a video its class, and paints it.",
    discussion: """
      INPUT is a file, URL, image, folder or glob of images, a capture device, or - for standard input.
      OUTPUT is a file, URL, folder (for images), - for standard output, null: for none, or md5: for the hash of all masks.
      Without -o, drive.mp4 becomes drive.overlay.mp4. Sound, subtitles, times and colours stay as they are.

      Examples:
        verge segment drive.mp4
        verge segment drive.mp4 -o out.mkv --legend --hud --alpha 0.4
        verge segment drive.mp4 -o null: --masks masks --jsonl frames.jsonl
        verge segment drive.mp4 -o null: --confidence sure --jsonl frames.jsonl
        verge segment drive.mp4 --classes road,car --start 1:00 --duration 30s
        verge segment photo.jpg
        verge segment 'frames/*.png' -o painted/
        verge segment rtsp://camera/front -o - | ffplay -
        ffmpeg … -f mpegts - | verge segment - --live -o live.mkv
        verge segment - --raw 1280x720:nv12@30 -o out.mp4 <frames.nv12
        verge segment /dev/video0 --live -o udp://127.0.0.1:9000?pkt_size=1316
      """)

  @Argument(help: "What to segment.")
  var input: String

  @Option(name: .shortAndLong, help: "Where the overlay goes.")
  var output: String?

  @OptionGroup(title: "Network") var compute: ComputeArguments
  @OptionGroup(title: "Input") var source: SourceArguments
  @OptionGroup(title: "Output") var sink: SinkArguments
  @OptionGroup(title: "Look") var look: LookArguments

  @Flag(help: "Say nothing but warnings and errors.")
  var quiet = false

  @Flag(help: "Print one JSON object with the figures of the run.")
  var json = false

  func validate() throws {
    let talkers = [(output == "-", "-o -"), (sink.jsonl == "-", "--jsonl -"), (json, "--json")].filter(\.0).map(\.1)
    guard talkers.count <= 1 else {
      throw ValidationError("\(talkers.joined(separator: " and ")) cannot share standard output")
    }
    if output == nil, DefaultOutput.path(for: input) == nil {
      throw ValidationError("say where the overlay of '\(input)' goes: -o FILE, -o - or -o null:")
    }
  }

  func run() throws {
    let output = output ?? DefaultOutput.path(for: input) ?? "null:"
    try checkOutputs(output)
    let model = try ModelLibrary.loadInt8(compute.model)
    let kernels = try compute.kernels
    let style = try look.style(for: model)
    MediaLog.route(to: nil)
    let opened = try Media.open(input, source.options(for: input, threads: compute.threadCount))
    let packets = sink.noAudio ? SilentSource(opened) : opened
    let segmenter = try NetworkSegmenter(
      model, size: packets.uprightSize, tier: kernels.tier, threads: compute.threadCount)
    let target = SessionOutput(
      output, isImageList: !packets.video.imagePaths.isEmpty, sink.options(for: packets, threads: compute.threadCount))
    let session = try Session(packets, segmenter, output: target, options(style, output), kernels: kernels)
    let run = SegmentRun(session: session, quiet: quiet)
    let (report, interruption) = try run.run()
    try conclude(session, report, output: output, interruption)
  }

  private func checkOutputs(_ output: String) throws(CommandError) {
    var outputs = OutputGuard(input: input, overwrite: sink.overwrite)
    for path in [output, sink.maskVideo, sink.jsonl, sink.masks, sink.confidence] as [String?] {
      try outputs.check(path)
    }
  }

  private func options(_ style: OverlayStyle, _ output: String) -> SessionOptions {
    var options = SessionOptions(style: style)
    options.every = source.every
    options.limit = source.limit
    options.isLive = source.isLive(input)
    options.maxAge = .seconds(source.maxAge.seconds)
    options.masks = sink.masks(hasDigest: output == "md5:")
    options.overwrites = sink.overwrite
    return options
  }

  /// Prints what the run was asked to print, and decides its status.
  private func conclude(
    _ session: Session, _ report: SessionReport, output: String, _ interruption: Interruption?
  ) throws {
    if json { try printJSON(report) }
    if let md5 = session.md5 { try Console.standard.data(md5) }
    if !quiet { Console.standard.note(SegmentRun.summary(report, output: output.hasSuffix(":") ? nil : output)) }
    if let interruption { throw interruption }
    if session.isTruncated {
      throw CommandError.unusable(what: input, why: "breaks off before its end; what there is was segmented")
    }
    if report.frames.in == 0 || report.frames.undecodable == report.frames.in {
      throw CommandError.unusable(what: input, why: "not a single frame could be decoded")
    }
    if report.frames.undecodable > 0 {
      Console.standard.warn("\(report.frames.undecodable) frames of \(input) could not be decoded")
    }
  }
}
