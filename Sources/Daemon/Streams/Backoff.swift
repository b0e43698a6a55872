// How long to wait before the next try.

/// Waits that double with each failure, up to a limit, each with a fifth of chance either way, so that many clients of one
/// server do not come back at once.
struct Backoff {
  private let first, longest: Double
  private var next: Double

  /// - Parameters: seconds.
  init(first: Double, longest: Double) {
    (self.first, self.longest) = (max(0.01, first), max(first, longest))
    next = self.first
  }

  /// The wait before the next try.
  mutating func wait() -> Duration {
    defer { next = min(longest, next * 2) }
    return .seconds(next * Double.random(in: 0.8...1.2))
  }

  /// It worked.
  mutating func reset() { next = first }
}

/// When an output that failed may be tried again.
struct Retry {
  private var backoff = Backoff(first: 0.5, longest: 30)
  /// Now at first.
  private(set) var dueAt = ContinuousClock.now

  var isDue: Bool { ContinuousClock.now >= dueAt }

  mutating func failed() { dueAt = .now + backoff.wait() }

  /// The next failure counts as the first.
  mutating func succeeded() { backoff.reset() }
}
