// What a live decoder leaves out when it cannot keep up.
import Video

/// Decides by how long packets have waited for the decoder.
///
/// What is decoded late is dropped late, and costs all the same. So once every packet has waited for too long through an
/// `interval`, the decoder leaves out frames that no other needs, and if that is not enough, all up to the next key frame.
/// It goes back once packets have hardly waited for some time: twice as long where the last try went wrong soon.
struct SkipLadder {
  /// The age at which frames are worth nothing.
  private let maxAge: Duration
  private var level = DecoderSkip.nothing
  /// Since when every packet has waited for too long, and since when none has waited for long.
  private var lateSince, calmSince: ContinuousClock.Instant?
  private var patience = Self.shortestPatience
  private var descent: ContinuousClock.Instant?

  /// A burst takes less to decode.
  private static let interval = Duration.milliseconds(250)
  private static let shortestPatience = Duration.seconds(2)
  private static let longestPatience = Duration.seconds(32)
  /// Streams that renew their pictures bit by bit have no key frames.
  private static let longestGap = Duration.seconds(10)

  init(maxAge: Duration) { self.maxAge = maxAge }

  /// What the decoder leaves out from a packet on that comes to it now.
  mutating func step(waited: Duration, isKey: Bool, now: ContinuousClock.Instant) -> DecoderSkip {
    // Half of the age is left for what comes after the decoder.
    lateSince = waited > (level == .nothing ? maxAge / 2 : maxAge) ? lateSince ?? now : nil
    calmSince = waited < maxAge / 4 ? calmSince ?? now : nil
    let isLate = lateSince.map { now - $0 >= Self.interval } ?? false
    let calm = calmSince.map { now - $0 }
    switch level {
    case .nothing: if isLate { ascend(now) }
    case .nonReference:
      if isLate { become(.nonKey) } else if let calm, calm >= patience { descend(now) }
    case .nonKey: if let calm, isKey || calm >= Self.longestGap { become(.nonReference) }
    }
    return level
  }

  private mutating func ascend(_ now: ContinuousClock.Instant) {
    let isSoon = descent.map { now - $0 < patience * 2 } ?? false
    patience = isSoon ? min(patience * 2, Self.longestPatience) : Self.shortestPatience
    become(.nonReference)
  }

  private mutating func descend(_ now: ContinuousClock.Instant) {
    descent = now
    become(.nothing)
  }

  private mutating func become(_ level: DecoderSkip) {
    self.level = level
    (lateSince, calmSince) = (nil, nil)
  }
}
