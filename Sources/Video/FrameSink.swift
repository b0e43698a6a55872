// Frames to push.
public import Frames

/// Something that frames and packets can be pushed into; used by one stage at a time.
public protocol FrameSink: AnyObject, Sendable {
  func write(_ frame: Frame) throws(VideoError)
  /// Copies a packet of another stream.
  func write(_ packet: Packet) throws(VideoError)
  /// Writes what is still held and ends the output well.
  func finish() throws(VideoError)
  /// Ends at once, leaving what was written playable.
  func abort()
}

/// Encoder and muxer in one.
public final class MediaSink: FrameSink, @unchecked Sendable {  // used by one stage at a time
  private let encoder: Encoder
  private let muxer: Muxer

  /// - Parameter others: streams of the source that will be copied.
  /// - Throws: `VideoError.unknownContainer`, `.unknownEncoder`, `.outputExists`, `.outputIsInput`, `.cannotWrite`.
  public init(
    _ output: String, copying others: [StreamParameters] = [], _ options: SinkOptions = .init()
  ) throws(VideoError) {
    let target = try OutputTarget(output, format: options.format)
    encoder = try Encoder(target, options)
    muxer = try Muxer(target, copying: others, options)
  }

  public func write(_ frame: Frame) throws(VideoError) {
    try encoder.send(frame)
    try drain()
  }

  public func write(_ packet: Packet) throws(VideoError) { try muxer.write(packet) }

  public func finish() throws(VideoError) {
    encoder.finish()
    try drain()
    try muxer.finish()
  }

  public func abort() { muxer.abort() }

  private func drain() throws(VideoError) {
    while let packet = try encoder.receive() { try muxer.write(packet) }
  }
}

/// Takes everything and keeps nothing.
public final class NullSink: FrameSink {
  public init() {}
  public func write(_ frame: Frame) {}
  public func write(_ packet: Packet) {}
  public func finish() {}
  public func abort() {}
}
