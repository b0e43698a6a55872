// What a stage costs.

/// Counts a stage's calls and measures how long it works, without the time it waits for room.
///
/// Safe to read from any thread; written on the stage's queue.
public final class StageMeter: Sendable {
  public let name: String
  private let histogram = LatencyHistogram()
  private let total = Monitor((busy: Duration.zero, began: ContinuousClock.now, ended: ContinuousClock.Instant?.none))

  init(name: String) { self.name = name }

  /// Starts the clock that `busy` is a share of.
  func begin() { total.withLock { $0.began = .now } }

  /// Stops that clock.
  func end() { total.withLock { $0.ended = .now } }

  func record(_ duration: Duration) {
    histogram.record(duration)
    total.withLock { $0.busy += duration }
  }

  /// Durations of the calls so far.
  public var durations: DurationCounts { histogram.counts }

  /// The figures so far.
  public var report: StageReport {
    let latency = histogram.summary
    let busy = total.withLock { total in
      let elapsed = ((total.ended ?? .now) - total.began).inSeconds
      return elapsed > 0 ? min(1, total.busy.inSeconds / elapsed) : 0
    }
    return StageReport(
      name: name, count: histogram.count, p50: latency.p50, p95: latency.p95, p99: latency.p99, busy: busy)
  }
}

/// What a stage cost: calls, milliseconds a call, and the share of the graph's time in which it was at work.
public struct StageReport: Sendable, Hashable, Codable {
  public var name: String
  public var count: UInt64
  public var p50, p95, p99: Double
  public var busy: Double
}
