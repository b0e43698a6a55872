// Durations, counted so that percentiles can be asked for.
import Histogram

/// A histogram of durations from 1 µs to an hour, to within 1 %; longer ones count as an hour.
///
/// Safe to use from any thread. Recording allocates nothing.
public final class LatencyHistogram: Sendable {
  private static let longest: UInt64 = 3_600_000_000
  private let recorded = Monitor(Recorded())

  private struct Recorded {
    var histogram = Histogram<UInt32>(
      highestTrackableValue: LatencyHistogram.longest, numberOfSignificantValueDigits: .two)
    /// Microseconds.
    var sum: UInt64 = 0
  }

  public init() {}

  public func record(_ duration: Duration) {
    let microseconds = min(UInt64(max(0, duration.inSeconds * 1e6)), Self.longest)
    recorded.withLock { recorded in
      _ = recorded.histogram.record(microseconds)
      recorded.sum += microseconds
    }
  }

  public var count: UInt64 { recorded.withLock { $0.histogram.totalCount } }

  /// How many durations were recorded up to each of `DurationCounts.bounds`.
  public var counts: DurationCounts {
    recorded.withLock { recorded in
      let upTo = DurationCounts.bounds.map { recorded.histogram.count(within: 0...UInt64($0 * 1e6)) }
      return DurationCounts(upTo: upTo, count: recorded.histogram.totalCount, sum: Double(recorded.sum) * 1e-6)
    }
  }

  /// The percentiles of what was recorded so far, in milliseconds; zeros when there is nothing.
  public var summary: LatencySummary {
    recorded.withLock { recorded in
      let histogram = recorded.histogram
      guard histogram.totalCount > 0 else { return LatencySummary() }
      return LatencySummary(
        p50: Double(histogram.valueAtPercentile(50)) / 1000, p95: Double(histogram.valueAtPercentile(95)) / 1000,
        p99: Double(histogram.valueAtPercentile(99)) / 1000, max: Double(histogram.maxRecorded) / 1000)
    }
  }
}

/// Percentiles of a latency, in milliseconds.
public struct LatencySummary: Sendable, Hashable, Codable {
  public var p50 = 0.0
  public var p95 = 0.0
  public var p99 = 0.0
  public var max = 0.0

  public init(p50: Double = 0, p95: Double = 0, p99: Double = 0, max: Double = 0) {
    (self.p50, self.p95, self.p99, self.max) = (p50, p95, p99, max)
  }
}

/// Durations by upper bounds, as Prometheus counts them.
public struct DurationCounts: Sendable, Hashable {
  /// Upper bounds in seconds: from half a kernel's time to a source that has stalled.
  public static let bounds = [
    0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.04, 0.06, 0.08, 0.12, 0.16, 0.24, 0.5, 1, 2, 5,
  ]

  /// Durations up to each of the bounds.
  public var upTo: [UInt64]
  /// All of them.
  public var count: UInt64
  /// Seconds.
  public var sum: Double

  public init(upTo: [UInt64] = bounds.map { _ in 0 }, count: UInt64 = 0, sum: Double = 0) {
    (self.upTo, self.count, self.sum) = (upTo, count, sum)
  }
}

extension Duration {
  /// The same length of time in seconds.
  public var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
