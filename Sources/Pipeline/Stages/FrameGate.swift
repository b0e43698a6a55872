// Which of the frames that come in are taken.
import Frames
import Video

/// Counts frames in, and lets those through that are asked for.
struct FrameGate {
  let every: Int
  let limit: Int?
  let account: FrameAccount
  private var pace: FramePace?
  private var taken = 0

  init(_ options: SessionOptions, account: FrameAccount) {
    precondition(options.every >= 1, "every \(options.every)th frame cannot be taken")
    (every, limit, self.account) = (options.every, options.limit, account)
    pace = options.maxRate.map(FramePace.init)
  }

  /// Passes a frame on, or counts it as skipped.
  ///
  /// - Throws: `Disconnected` once there are enough.
  mutating func pass(_ frame: Frame, to outlet: Outlet<Frame>) throws(Disconnected) {
    account.enter()
    guard frame.index % every == 0, pace?.takes(frame) ?? true else { return account.leave(.skipped) }
    taken += 1
    try outlet.emit(frame)
    if let limit, taken >= limit { throw Disconnected() }
  }

  /// Whether the frame of a packet may be taken, as far as can be said before it is decoded.
  func mayTake(_ packet: Packet) -> Bool {
    guard let pace, let pts = packet.pts else { return true }
    return pace.mayTake(Double(pts) * packet.stream.timeBase.value)
  }

  /// Counts frames that never came.
  func missing(_ count: Int, _ bucket: FrameAccount.Bucket) {
    for _ in 0..<count {
      account.enter()
      account.leave(bucket)
    }
  }
}

/// Thins frames to a rate, by their own times.
struct FramePace {
  private let interval: Double
  /// When the next one is due, in seconds of the source's time.
  private var due: Double?

  init(rate: Double) {
    precondition(rate > 0, "no frame is taken at a rate of \(rate)")
    interval = 1 / rate
  }

  /// Frames without times are all taken.
  mutating func takes(_ frame: Frame) -> Bool {
    guard let time = frame.seconds else { return true }
    guard mayTake(time) else { return false }
    due = max(due ?? time, time - interval) + interval
    if let next = due, next - time > 2 * interval { due = time + interval }
    return true
  }

  /// Whether a frame of that time would be taken now. Those that come before it cannot change a no.
  func mayTake(_ time: Double) -> Bool {
    // A frame that comes a little early is the due one: a third of an interval evens out jitter. A clock that jumps back, or
    // far ahead, begins anew.
    if let due, time < due - interval / 3, due - time < 2 * interval { return false }
    return true
  }
}
