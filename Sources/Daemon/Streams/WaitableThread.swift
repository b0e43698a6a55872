// A thread whose end can be waited for, for a while.
import Foundation
import Pipeline

/// Runs something once on a thread of its own; safe to use from any thread.
final class WaitableThread: Sendable {
  private let name: String
  private let stackSize: Int?
  private let hasEnded = Monitor(false)

  /// - Parameters:
  ///   - name: for debuggers.
  ///   - stackSize: in bytes; nil takes the usual one.
  init(_ name: String, stackSize: Int? = nil) { (self.name, self.stackSize) = (name, stackSize) }

  /// Called once.
  func start(_ body: @escaping @Sendable () -> Void) {
    let thread = Thread { [hasEnded] in
      body()
      hasEnded.withLock { $0 = true }
      hasEnded.wakeAll()
    }
    thread.name = name
    if let stackSize { thread.stackSize = stackSize }
    thread.start()
  }

  /// Whether it ran to its end.
  var isOver: Bool { hasEnded.withLock { $0 } }

  /// Waits for the end.
  ///
  /// - Returns: whether it came by the deadline.
  func wait(until deadline: ContinuousClock.Instant) -> Bool {
    hasEnded.wait(until: deadline) { $0 ? true : nil } ?? false
  }
}
