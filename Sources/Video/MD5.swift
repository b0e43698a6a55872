// The digest that tests and `md5:` compare.
import CFFmpeg

/// The MD5 of bytes given bit by bit, by libavutil. Used by one stage at a time.
public final class MD5: @unchecked Sendable {  // used by one stage at a time
  private let state: OpaquePointer

  public init() {
    guard let state = av_md5_alloc() else { preconditionFailure("no memory for a digest") }
    self.state = state
    av_md5_init(state)
  }

  deinit { av_free(UnsafeMutableRawPointer(state)) }

  /// Takes more bytes in.
  public func add(_ bytes: UnsafeRawBufferPointer) {
    av_md5_update(state, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
  }

  /// The digest of all bytes as 32 hexadecimal digits; the next byte begins a new one.
  public func finish() -> String {
    var digest = [UInt8](repeating: 0, count: 16)
    av_md5_final(state, &digest)
    av_md5_init(state)
    return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
