// Work that stands back behind the streams.
import Foundation
import Pipeline

/// Runs work one after the other on a thread that takes less of a busy core than the streams' threads do.
final class QuietQueue: Sendable {
  /// Nobody hands over more than a few pieces before the first is done.
  private let pending = BoundedQueue<@Sendable () -> Void>(capacity: 256)

  /// - Parameter name: for debuggers; the first 15 bytes show.
  init(_ name: String) {
    let thread = Thread { [pending] in
      nameThread(name)
      standBack()
      while let work = pending.pop() { work() }
    }
    thread.start()
  }

  /// Lets what waits be done, and the thread end.
  deinit { pending.close() }

  func async(_ work: @escaping @Sendable () -> Void) { pending.push(work) }

  /// Waits until the work has been done.
  func sync<Result: Sendable>(_ work: @escaping @Sendable () -> Result) -> Result {
    let result = Monitor<Result?>(nil)
    async {
      let made = work()
      result.withLock { $0 = made }
      result.wakeAll()
    }
    return result.waitUntil { $0 }
  }
}

/// Has the calling thread, and no other, take a quarter of a core that a stream wants as well.
func standBack() {
  // Of the thread alone, on Linux. Everybody may stand back, so it does not fail.
  setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 5)
}
