// What comes out at the end of a session, and when.
import Frames

/// Counts the frames that have passed the last stage, with their latency and rate.
///
/// Safe to use from any thread.
public final class Tally: Sendable {
  public let account = FrameAccount()
  public let latency = LatencyHistogram()
  /// Told each latency as well.
  private let observer: (@Sendable (Duration) -> Void)?
  private let times = Monitor(Times())

  private struct Times {
    var start = ContinuousClock.now
    var end: ContinuousClock.Instant?
    var first: ContinuousClock.Instant?
    /// The last moments at which frames came out, in a circle.
    var recent = [ContinuousClock.Instant](repeating: .now, count: 32)
    var count = 0
  }

  public init(observer: (@Sendable (Duration) -> Void)? = nil) { self.observer = observer }

  func begin() { times.withLock { $0.start = .now } }
  func end() { times.withLock { $0.end = .now } }

  /// The frame has passed the last stage.
  func shown(_ frame: Frame) {
    let now = ContinuousClock.now
    latency.record(now - frame.arrival)
    observer?(now - frame.arrival)
    account.leave(.shown)
    times.withLock { times in
      if times.first == nil { times.first = now }
      times.recent[times.count % times.recent.count] = now
      times.count += 1
    }
  }

  /// Seconds from the start to the end, or to now.
  var seconds: Double { times.withLock { (($0.end ?? .now) - $0.start).inSeconds } }

  /// Seconds from the start to the first frame; nil before it.
  var firstFrame: Double? { times.withLock { times in times.first.map { ($0 - times.start).inSeconds } } }

  /// Frames per second over the last 32 of them.
  public var recentRate: Double {
    times.withLock { times in
      let size = times.recent.count
      let spans = min(times.count, size) - 1
      guard spans > 0 else { return 0 }
      let (newest, oldest) = (times.recent[(times.count - 1) % size], times.recent[(times.count - 1 - spans) % size])
      let seconds = (newest - oldest).inSeconds
      return seconds > 0 ? Double(spans) / seconds : 0
    }
  }
}
