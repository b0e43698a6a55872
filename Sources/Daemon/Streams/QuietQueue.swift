// Work that stands back behind the streams.
import Foundation
import Pipeline

/// Runs work one after the other on a thread that takes less of a busy core than the streams' threads do.
final class QuietQueue: Sendable {
  private struct State: Sendable {
    var pending: [@Sendable () -> Void] = []
    var isOver = false
  }

  private let state = Monitor(State())

  /// - Parameter name: for debuggers; the first 15 bytes show.
  init(_ name: String) {
    let thread = Thread { [state] in
      nameThread(name)
      standBack()
      while let next = state.waitUntil(Self.next) { next() }
    }
    thread.start()
  }

  /// Lets what waits be done, and the thread end.
  deinit {
    state.withLock { $0.isOver = true }
    state.wakeAll()
  }

  func async(_ work: @escaping @Sendable () -> Void) {
    state.withLock { $0.pending.append(work) }
    state.wakeAll()
  }

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

  /// The next piece, or that there is none for ever.
  private static func next(_ state: inout State) -> (@Sendable () -> Void)?? {
    if !state.pending.isEmpty { return state.pending.removeFirst() }
    return state.isOver ? .some(nil) : nil
  }
}

/// Has the calling thread, and no other, take a quarter of a core that a stream wants as well.
func standBack() {
  // Of the thread alone, on Linux. Everybody may stand back, so it does not fail.
  setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 5)
}
