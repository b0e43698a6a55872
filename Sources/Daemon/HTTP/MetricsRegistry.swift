// Where the counters and timers of swift-metrics are kept until /metrics asks for them.
import Metrics
import Pipeline
import Synchronization

/// A backend of swift-metrics: counters and timers, made once for a name and its labels.
///
/// Safe to use from any thread.
final class MetricsRegistry: MetricsFactory {
  private let counters = Handlers<CountHandler>()
  private let timers = Handlers<DurationHandler>()

  func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    counters.handler(MetricKey(label, dimensions)) { CountHandler() }
  }

  func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    timers.handler(MetricKey(label, dimensions)) { DurationHandler() }
  }

  /// Nothing records values that are neither counts nor times: gauges are read off the streams when they are asked for.
  func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    NOOPMetricsHandler.instance
  }

  func destroyCounter(_ handler: any CounterHandler) { counters.remove(handler) }
  func destroyTimer(_ handler: any TimerHandler) { timers.remove(handler) }
  func destroyRecorder(_ handler: any RecorderHandler) {}

  /// The counters of a name by their labels, in a steady order.
  func counts(_ name: String) -> [(labels: [(String, String)], count: Int64)] {
    counters.all(name).map { ($0.key.dimensions, $0.handler.count) }
  }

  /// The timers of a name by their labels, in a steady order.
  func durations(_ name: String) -> [(labels: [(String, String)], durations: DurationCounts)] {
    timers.all(name).map { ($0.key.dimensions, $0.handler.durations.counts) }
  }
}

/// What tells one metric from another.
private struct MetricKey: Hashable {
  private struct Label: Hashable { let name, value: String }

  let name: String
  private let labels: [Label]

  init(_ name: String, _ dimensions: [(String, String)]) {
    (self.name, labels) = (name, dimensions.map { Label(name: $0.0, value: $0.1) })
  }

  var dimensions: [(String, String)] { labels.map { ($0.name, $0.value) } }

  func precedes(_ other: MetricKey) -> Bool {
    labels.map(\.value).lexicographicallyPrecedes(other.labels.map(\.value))
  }
}

/// The handlers of a kind of metric.
private final class Handlers<Handler: AnyObject & Sendable>: Sendable {
  private let made = Mutex<[MetricKey: Handler]>([:])

  func handler(_ key: MetricKey, make: () -> Handler) -> Handler {
    made.withLock { made in
      if let handler = made[key] { return handler }
      let handler = make()
      made[key] = handler
      return handler
    }
  }

  func remove(_ handler: AnyObject) { made.withLock { made in made = made.filter { $0.value !== handler } } }

  func all(_ name: String) -> [(key: MetricKey, handler: Handler)] {
    made.withLock { Array($0) }.filter { $0.key.name == name }.sorted { $0.key.precedes($1.key) }
      .map { ($0.key, $0.value) }
  }
}

private final class CountHandler: CounterHandler {
  private let total = Atomic<Int64>(0)

  var count: Int64 { total.load(ordering: .relaxed) }

  func increment(by amount: Int64) { total.wrappingAdd(amount, ordering: .relaxed) }
  func reset() { total.store(0, ordering: .relaxed) }
}

private final class DurationHandler: TimerHandler {
  let durations = LatencyHistogram()

  func recordNanoseconds(_ duration: Int64) { durations.record(.nanoseconds(duration)) }
}
