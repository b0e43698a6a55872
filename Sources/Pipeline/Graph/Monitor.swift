// A value that threads share, change and wait on.
import Glibc

/// A value behind a lock, with a condition to wait on.
///
/// `Synchronization.Mutex` cannot be waited on, and its slow path is invisible to the thread sanitizer; pthread's lock and
/// condition are neither.
package final class Monitor<State>: @unchecked Sendable {  // every touch of `state` is inside the lock
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var state: State

  package init(_ state: State) {
    self.state = state
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    // A wait with an end must not end early or late when somebody sets the clock.
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Runs `body` with the value locked.
  package func withLock<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&state)
  }

  /// Runs `body` again after each `wakeAll` until it returns something.
  package func waitUntil<Result>(_ body: (inout State) -> Result?) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let result = body(&state) { return result }
      pthread_cond_wait(condition, mutex)
    }
  }

  /// The same, until `deadline` at most; then nil.
  package func wait<Result>(until deadline: ContinuousClock.Instant, _ body: (inout State) -> Result?) -> Result? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let result = body(&state) { return result }
      let left = deadline - .now
      guard left > .zero else { return nil }
      var end = Self.moment(after: left)
      pthread_cond_timedwait(condition, mutex, &end)
    }
  }

  private static func moment(after duration: Duration) -> timespec {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    // Whoever waits for longer than a year is woken up to look in between.
    let (seconds, attoseconds) = min(duration, .seconds(31_536_000)).components
    let nanoseconds = time.tv_nsec + Int(attoseconds / 1_000_000_000)
    return timespec(
      tv_sec: time.tv_sec + Int(seconds) + nanoseconds / 1_000_000_000, tv_nsec: nanoseconds % 1_000_000_000)
  }

  /// Lets every waiting thread look again.
  package func wakeAll() { pthread_cond_broadcast(condition) }
}
