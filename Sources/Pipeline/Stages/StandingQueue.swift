// Telling a queue that stands from one that a burst has filled.
import Frames

/// Decides which waiting frames of a live source are worth the network's time.
///
/// A burst, such as a container's cluster, fills the queue and drains: every frame of it can be shown. Where more comes than
/// can be done, the queue stands, and whoever takes its oldest frame only ever shows old ones. So once every frame has had
/// to wait for longer than `target` through an `interval`, those that have are dropped until one comes that has not; and as
/// long as that happened lately, no interval is waited for.
/// - Source: Nichols and Jacobson 2012, "Controlling Queue Delay", with drops to the first young frame in place of a rate
///   of drops, since frames that are left out cost nothing.
struct StandingQueue {
  private let target, interval, memory: Duration
  /// Since when every frame has waited longer than the target.
  private var above: ContinuousClock.Instant?
  private var lastDrop: ContinuousClock.Instant?

  init(
    target: Duration = .milliseconds(40), interval: Duration = .milliseconds(150), memory: Duration = .seconds(1)
  ) {
    (self.target, self.interval, self.memory) = (target, interval, memory)
  }

  /// Whether a frame is taken that comes out of the queue now.
  mutating func admits(waited: Duration, now: ContinuousClock.Instant) -> Bool {
    guard waited > target else {
      above = nil
      return true
    }
    let since = above ?? now
    above = since
    guard now - since >= interval || isStanding(now) else { return true }
    lastDrop = now
    return false
  }

  /// Whether a frame that came out of the queue, and waits behind it, gives way to the next one.
  mutating func isStale(waited: Duration, now: ContinuousClock.Instant) -> Bool {
    guard waited > target, isStanding(now) else { return false }
    lastDrop = now
    return true
  }

  private func isStanding(_ now: ContinuousClock.Instant) -> Bool { lastDrop.map { now - $0 < memory } ?? false }
}
