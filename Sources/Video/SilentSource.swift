// A source without its sound.

/// Passes on the video of another source and leaves the sound out; subtitles and data stay.
public final class SilentSource: PacketSource {
  private let source: any PacketSource

  public init(_ source: any PacketSource) { self.source = source }

  public var name: String { source.name }
  public var video: VideoInfo { source.video }
  public var options: SourceOptions { source.options }
  public var tags: [String: String] { source.tags }
  public var otherStreams: [StreamParameters] { source.otherStreams.filter { $0.kind != .audio } }

  public func next() throws(VideoError) -> DemuxEvent {
    while true {
      let event = try source.next()
      if case .other(let packet) = event, packet.stream.kind == .audio { continue }
      return event
    }
  }

  public func cancel() { source.cancel() }
}
