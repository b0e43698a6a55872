// A source without its sound.
import Video

/// Passes on the video of another source and leaves the sound out; subtitles and data stay.
final class SilentSource: PacketSource {
  private let source: any PacketSource

  init(_ source: any PacketSource) { self.source = source }

  var name: String { source.name }
  var video: VideoInfo { source.video }
  var options: SourceOptions { source.options }
  var tags: [String: String] { source.tags }
  var otherStreams: [StreamParameters] { source.otherStreams.filter { $0.kind != .audio } }

  func next() throws(VideoError) -> DemuxEvent {
    while true {
      let event = try source.next()
      if case .other(let packet) = event, packet.stream.kind == .audio { continue }
      return event
    }
  }

  func cancel() { source.cancel() }
}
