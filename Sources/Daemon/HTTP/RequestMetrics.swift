// How many requests came, how they were answered, and how long that took.
import HTTPTypes
import Metrics

/// Counts requests, by swift-metrics.
struct RequestMetrics: Sendable {
  private static let requests = "verge_http_requests_total"
  private static let seconds = "verge_http_request_seconds"

  private let registry = MetricsRegistry()

  /// - Parameters:
  ///   - route: nil for a path or method that is no route's. What clients make up must not become labels: each would
  ///     be kept for ever.
  ///   - duration: from the request's head to its answer's; live pictures go on after it.
  func record(_ route: Route?, status: HTTPResponse.Status, duration: Duration) {
    let labels = [("method", route?.method.rawValue ?? "other"), ("path", route?.path ?? "other")]
    Counter(label: Self.requests, dimensions: labels + [("status", "\(status.code)")], factory: registry).increment()
    Timer(label: Self.seconds, dimensions: labels, factory: registry).record(duration: duration)
  }

  func write(to out: inout Exposition) {
    out.begin(Self.requests, .counter, "Requests by route and status; other: no route's.")
    for (labels, count) in registry.counts(Self.requests) { out.sample(Double(count), labels) }
    out.begin(Self.seconds, .histogram, "From a request's head to its answer's.")
    for (labels, durations) in registry.durations(Self.seconds) { out.histogram(durations, labels) }
  }
}
