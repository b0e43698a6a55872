// Durations, counted so that percentiles can be asked for.
import Histogram

/// A histogram of durations from 1 µs to an hour, to within 1 %; longer ones count as an hour.
///
/// Safe to use from any thread. Recording allocates nothing.
public final class LatencyHistogram: Sendable {
  private static let longest: UInt64 = 3_600_000_000
  private let histogram = Monitor(
    Histogram<UInt32>(highestTrackableValue: longest, numberOfSignificantValueDigits: .two))

  public init() {}

  public func record(_ duration: Duration) {
    let microseconds = UInt64(max(0, duration.inSeconds * 1e6))
    histogram.withLock { _ = $0.record(min(microseconds, Self.longest)) }
  }

  public var count: UInt64 { histogram.withLock { $0.totalCount } }

  /// The percentiles of what was recorded so far, in milliseconds; zeros when there is nothing.
  public var summary: LatencySummary {
    histogram.withLock { histogram in
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
}

extension Duration {
  /// The same length of time in seconds.
  public var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
