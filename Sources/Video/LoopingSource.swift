// A file without end.
import Frames
import Synchronization

/// Opens a file again whenever it ends; times go on.
public final class LoopingSource: PacketSource, @unchecked Sendable {  // used by one stage; `current` is locked
  public let name: String
  public let options: SourceOptions
  public let video: VideoInfo
  public let tags: [String: String]
  public let otherStreams: [StreamParameters]
  private let current: Mutex<(source: any PacketSource, isCancelled: Bool)>
  /// Seconds added to the times of this round.
  private var shift = 0.0
  /// Where the packets so far end.
  private var end = 0.0
  private var hasPackets = false

  /// - Throws: what `Media.open` throws.
  public init(_ name: String, _ options: SourceOptions) throws(VideoError) {
    let source = try Media.open(name, options)
    (self.name, self.options, video, tags) = (source.name, options, source.video, source.tags)
    otherStreams = source.otherStreams
    current = Mutex((source, false))
  }

  public func next() throws(VideoError) -> DemuxEvent {
    while true {
      let event = try current.withLock { $0.source }.next()
      switch event {
      case .video(let packet), .other(let packet):
        move(packet)
        return event
      case .end:
        // A file without a single packet would be opened without end.
        guard hasPackets else { return event }
        try reopen()
      case .unreadable: return event
      }
    }
  }

  public func cancel() {
    current.withLock { current in
      current.isCancelled = true
      current.source.cancel()
    }
  }

  private func move(_ packet: Packet) {
    hasPackets = true
    guard packet.stream.timeBase.isPositive else { return }
    let base = packet.stream.timeBase.value
    packet.shift(by: Int64((shift / base).rounded()))
    let last = max(packet.dts ?? .min, packet.pts ?? .min)
    if last > .min { end = max(end, Double(last &+ packet.duration) * base) }
  }

  private func reopen() throws(VideoError) {
    let source = try Media.open(name, options)
    let first = Double(source.video.startTime ?? 0) * source.video.timeBase.value
    (shift, hasPackets) = (end - first, false)
    let isCancelled = current.withLock { current in
      current.source = source
      return current.isCancelled
    }
    if isCancelled { throw .cancelled }
  }
}
