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
    let thread = Thread { [hasEnded, name] in
      nameThread(name)
      body()
      hasEnded.withLock { $0 = true }
      hasEnded.wakeAll()
    }
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

/// Gives the calling thread a name for debuggers and profilers, which see its first 15 bytes.
///
/// `Thread.name` gives none on Linux, and Swift's Glibc module leaves `pthread_setname_np` out.
func nameThread(_ name: String) {
  // Where /proc is missing, it goes without a name.
  try? name.write(toFile: "/proc/thread-self/comm", atomically: false, encoding: .utf8)
}
