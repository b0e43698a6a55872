// The options about what is read.
import ArgumentParser
import Settings
import Video

/// Which frames of a source are taken, and how it is read.
struct SourceArguments: ParsableArguments {
  @Option(help: ArgumentHelp("Begin here: seconds, 200ms, 1:30, 0:01:30.5.", valueName: "time"))
  var start: TimeSpan?

  @Option(help: ArgumentHelp("Take this much: 10s, 2m.", valueName: "time"))
  var duration: TimeSpan?

  @Option(help: ArgumentHelp("Stop after this many frames.", valueName: "n"))
  var limit: Int?

  @Option(help: ArgumentHelp("Take every n-th frame; the others are counted as skipped.", valueName: "n"))
  var every = 1

  @Flag(help: "Treat the input as live: low delay, and late frames are dropped, never queued.")
  var live = false

  @Option(
    help: ArgumentHelp("Drop live frames that would come out later than this.", valueName: "time"))
  var maxAge = TimeSpan(seconds: 0.2)

  @Option(
    help: ArgumentHelp(
      "The input is raw video: WxH[:pixfmt][@fps], as in 1280x720:yuv420p@30.", valueName: "format"),
    transform: { try RawVideoFormat($0) })
  var raw: RawVideoFormat?

  func validate() throws {
    if every < 1 { throw ValidationError("--every is at least 1, not \(every)") }
    if let limit, limit < 1 { throw ValidationError("--limit is at least 1, not \(limit)") }
    if let duration, duration.seconds <= 0 { throw ValidationError("--duration is more than nothing") }
    if maxAge.seconds <= 0 { throw ValidationError("--max-age is more than nothing") }
  }
}

extension SourceArguments {
  /// Whether the source gives its frames in real time: when told so, and for cameras and streaming protocols.
  func isLive(_ input: String) -> Bool {
    let protocols = ["rtsp://", "rtsps://", "rtmp://", "rtmps://", "udp://", "rtp://", "srt://"]
    return live || input.hasPrefix("/dev/video") || protocols.contains { input.hasPrefix($0) }
  }

  /// The options that open the source.
  func options(for input: String, threads: Int) -> SourceOptions {
    var options = SourceOptions()
    options.raw = raw
    options.isLive = isLive(input)
    options.threads = threads
    options.start = start?.seconds
    options.duration = duration?.seconds
    // A server that has gone quiet is gone; a pipe may wait for its writer as long as it likes.
    if options.isLive, input.contains("://") { options.timeout = 10 }
    options.diagnostics = { Console.standard.warn($0) }
    return options
  }
}
