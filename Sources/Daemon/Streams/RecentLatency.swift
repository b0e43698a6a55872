// Durations of the last seconds.
import Pipeline

/// Percentiles of the durations of the last ten seconds, of 1,024 of them at most; safe to use from any thread.
final class RecentLatency: Sendable {
  private static let span = Duration.seconds(10)
  private static let capacity = 1024

  private struct Samples {
    var values: [(time: ContinuousClock.Instant, milliseconds: Double)] = []
    var next = 0
  }

  private let samples = Monitor(Samples())

  /// - Complexity: O(1).
  func record(_ duration: Duration) {
    let sample = (ContinuousClock.now, duration.inSeconds * 1000)
    samples.withLock { samples in
      if samples.values.count < Self.capacity {
        samples.values.append(sample)
      } else {
        samples.values[samples.next] = sample
        samples.next = (samples.next + 1) % Self.capacity
      }
    }
  }

  /// - Complexity: O(n log n) in the samples.
  var summary: LatencySummary {
    let since = ContinuousClock.now - Self.span
    let recent = samples.withLock { $0.values }.filter { $0.time > since }.map(\.milliseconds).sorted()
    guard let last = recent.last else { return LatencySummary() }
    func percentile(_ share: Double) -> Double {
      let rank = Int((share * Double(recent.count)).rounded(.up)) - 1
      return (recent[max(0, min(recent.count - 1, rank))] * 100).rounded() / 100
    }
    return LatencySummary(
      p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99), max: (last * 100).rounded() / 100)
  }
}
