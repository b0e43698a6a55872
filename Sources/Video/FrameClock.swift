// The time of decoded frames.
import CFFmpeg
import Frames

/// Finds each frame's pts: the decoder's best guess, or where there is none, the end of the frame before.
struct FrameClock {
  private var frameRate: Rational
  private var timeBase = Rational(1, 25)
  private var last: Int64?
  private var lastDuration: Int64 = 0
  /// When the packets came in whose frames have not come out, by dts, in the order of decoding.
  private var arrivals: [(dts: Int64, time: ContinuousClock.Instant)] = []
  private var lastArrival = ContinuousClock.now

  init(frameRate: Rational, fallback: Rational) {
    self.frameRate = frameRate.isPositive ? frameRate : fallback
  }

  mutating func note(_ packet: Packet) {
    timeBase = packet.stream.timeBase
    lastArrival = packet.arrival
    guard let dts = packet.dts ?? packet.pts else { return }
    // A decoder holds a few dozen packets at most; a packet without a frame must not stay for ever.
    if arrivals.count > 256 { arrivals.removeFirst(192) }
    arrivals.append((dts, packet.arrival))
  }

  mutating func timing(of picture: DecodedPicture) -> (pts: Int64, duration: Int64, arrival: ContinuousClock.Instant) {
    let raw = picture.raw.pointee
    let guess = raw.best_effort_timestamp
    var duration = cff_frame_duration(picture.raw)
    if duration <= 0 { duration = ticksPerFrame }
    let pts = guess != cff_no_pts() ? guess : last.map { $0 + lastDuration } ?? 0
    (last, lastDuration) = (pts, duration)
    return (pts, duration, arrival(of: pts))
  }

  /// When the last packet came in that the stream itself makes the frame wait for: the one decoded when the frame is due.
  ///
  /// A frame that others are predicted from comes before them in the stream. What it waits for them is the sender's choice,
  /// and no age of its own.
  private mutating func arrival(of pts: Int64) -> ContinuousClock.Instant {
    guard let due = arrivals.lastIndex(where: { $0.dts <= pts }) else { return lastArrival }
    defer { arrivals.removeFirst(due) }
    return arrivals[due].time
  }

  private var ticksPerFrame: Int64 {
    guard timeBase.isPositive, frameRate.isPositive else { return 1 }
    return max(1, Int64((1 / (frameRate.value * timeBase.value)).rounded()))
  }
}
