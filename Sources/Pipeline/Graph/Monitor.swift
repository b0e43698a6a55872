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
    pthread_cond_init(condition, nil)
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

  /// Lets every waiting thread look again.
  package func wakeAll() { pthread_cond_broadcast(condition) }
}
