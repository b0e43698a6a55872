// Text over FFmpeg's byte protocols.
import CFFmpeg

/// A connection that text is sent over: `tcp://host:port`, `unix:///path`, `udp://host:port`.
///
/// `write` is used by one thread at a time; `cancel` by any.
public final class LineSocket: @unchecked Sendable {  // see above
  private let url: String
  private let interrupt: Interrupt
  private var io: UnsafeMutablePointer<AVIOContext>?

  /// - Parameter timeout: seconds that the peer may take nothing.
  /// - Throws: `VideoError.cannotWrite`.
  public init(_ url: String, timeout: Double) throws(VideoError) {
    MediaLog.install
    self.url = url
    interrupt = Interrupt(timeout: timeout)
    interrupt.arm()
    var callback = interrupt.callback
    // FFmpeg names local sockets by a path without slashes before it.
    let place = url.hasPrefix("unix://") ? "unix:" + url.dropFirst("unix://".count) : url
    let code = avio_open2(&io, place, AVIO_FLAG_WRITE, &callback, nil)
    guard code >= 0 else { throw .cannotWrite(url, cause: FFmpegCode(code).message) }
  }

  deinit { avio_closep(&io) }

  /// Sends the text at once.
  ///
  /// - Throws: `VideoError.cannotWrite`.
  public func write(_ text: String) throws(VideoError) {
    guard let io else { return }
    interrupt.arm()
    var text = text
    text.withUTF8 { avio_write(io, $0.baseAddress, Int32($0.count)) }
    avio_flush(io)
    if io.pointee.error < 0 { throw .cannotWrite(url, cause: FFmpegCode(io.pointee.error).message) }
  }

  public func cancel() { interrupt.cancel() }
}
