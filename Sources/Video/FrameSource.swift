// Frames to pull.
public import Frames

/// What a source gives next.
public enum SourceEvent: Sendable {
  case frame(Frame)
  /// A packet of another stream, to be copied untouched.
  case packet(Packet)
  /// So many more frames are lost.
  case undecodable(Int)
  /// Nothing more; `truncated` when the source breaks off before its end.
  case end(truncated: Bool)
}

/// Something that frames can be pulled from; `next` is used by one stage at a time.
public protocol FrameSource: AnyObject, Sendable {
  var video: VideoInfo { get }
  /// The next event; blocks until there is one. After `end` it is `end` for ever.
  func next() throws(VideoError) -> SourceEvent
  /// Ends a blocked `next` with `VideoError.cancelled`; may be called from any thread.
  func cancel()
}

/// Demuxer and decoder in one: frames of any source.
public final class MediaSource: FrameSource, @unchecked Sendable {  // used by one stage at a time
  public let packets: any PacketSource
  private let decoder: Decoder
  private var told = 0
  private var isDrained = false
  private var mayReceive = false
  private var end: Bool?

  /// - Throws: what `Media.open` throws.
  public convenience init(_ name: String, _ options: SourceOptions = .init()) throws(VideoError) {
    self.init(try Media.open(name, options))
  }

  public init(_ packets: any PacketSource) {
    self.packets = packets
    decoder = Decoder(packets)
  }

  public var video: VideoInfo { packets.video }

  public func cancel() { packets.cancel() }

  public func next() throws(VideoError) -> SourceEvent {
    while true {
      if mayReceive, let frame = try decoder.receive() { return .frame(frame) }
      mayReceive = false
      if decoder.undecodable > told {
        defer { told = decoder.undecodable }
        return .undecodable(decoder.undecodable - told)
      }
      if let end { return .end(truncated: end) }
      switch try packets.next() {
      case .video(let packet):
        try decoder.send(packet)
        mayReceive = true
      case .other(let packet): return .packet(packet)
      case .unreadable(let count): return .undecodable(count)
      case .end(let truncated):
        decoder.finish()
        (end, mayReceive) = (truncated, true)
      }
    }
  }
}
