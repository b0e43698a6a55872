// Ctrl-C and friends: the first asks the work to end, the second ends the program.
import Dispatch
import Foundation
import Synchronization

/// Watches SIGINT and SIGTERM while a command works.
///
/// The first signal calls `stop`, which is to end the work in an orderly way; the next one kills the program at once.
final class Interrupts: Sendable {
  private static let numbers = [SIGINT, SIGTERM]
  private let first = Mutex<Int32?>(nil)
  // Dispatch sources are safe to cancel from anywhere.
  nonisolated(unsafe) private var sources: [any DispatchSourceSignal] = []

  /// - Parameter stop: called on a queue of its own, once.
  init(stop: @escaping @Sendable () -> Void) {
    let queue = DispatchQueue(label: "verge.interrupts")
    sources = Self.numbers.map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { [weak self] in self?.receive(number, stop: stop) }
      source.activate()
      return source
    }
  }

  /// Signals end the program again.
  deinit {
    for source in sources { source.cancel() }
    for number in Self.numbers { signal(number, SIG_DFL) }
  }

  /// - Throws: `Interruption` when a signal came.
  func check() throws(Interruption) {
    if let signal = first.withLock({ $0 }) { throw Interruption(signal: signal) }
  }

  private func receive(_ number: Int32, stop: () -> Void) {
    let isFirst = first.withLock { first in
      defer { first = first ?? number }
      return first == nil
    }
    if isFirst { return stop() }
    signal(number, SIG_DFL)
    kill(getpid(), number)
  }
}
