// What a decoder can leave out.

/// Frames that a decoder leaves out to catch up; each step saves more.
public enum DecoderSkip: Int, Sendable, Comparable {
  case nothing
  /// Frames that no other is predicted from; what remains looks the same.
  case nonReference
  /// All but key frames. What comes after them can be decoded again only from a key frame on.
  case nonKey

  public static func < (a: DecoderSkip, b: DecoderSkip) -> Bool { a.rawValue < b.rawValue }
}

/// Frames that a decoder has left out, as far as is known: up to `LossCount.memory` packets later.
public struct LeftOutFrames: Sendable, Hashable {
  /// To catch up.
  public var late = 0
  /// Because nobody wanted them.
  public var unwanted = 0

  public init() {}
}
