// What every output of a stream does on a thread of its own.
import Dispatch
import Foundation
import Pipeline
import Synchronization
import Video

/// Hands what is offered to an output to its thread; safe to use from any thread.
///
/// Where the thread cannot keep up with a live source, the oldest goes, counted; another source waits.
final class OutputWorker<Item: Sendable>: Sendable {
  let meter: OutputMeter
  private let queue: BoundedQueue<Item>
  private let thread: WaitableThread
  /// What the thread has handed on and is not done yet: recordings are made ordinary files aside.
  let unfinished = DispatchGroup()
  /// What the thread writes to, so that a write can be ended from elsewhere.
  private let open = Mutex<(any Cancellable)?>(nil)

  /// - Parameters:
  ///   - thread: its name, for debuggers.
  ///   - name: for the status, without credentials.
  ///   - capacity: items that wait at most.
  ///   - isFrame: whether losing an item loses a frame.
  init(
    _ thread: String, name: String, isLive: Bool, capacity: Int,
    isFrame: @escaping @Sendable (Item) -> Bool = { _ in true }
  ) {
    let meter = OutputMeter(name)
    self.meter = meter
    self.thread = WaitableThread(thread)
    queue = BoundedQueue(
      capacity: capacity, overflow: isLive ? .dropOldest { if isFrame($0) { meter.dropped() } } : .block)
  }

  /// Called once; `work` takes items with `next` until there are no more.
  func start(_ work: @escaping @Sendable () -> Void) {
    thread.start { [meter] in
      work()
      meter.ended()
    }
  }

  func push(_ item: Item) { queue.push(item) }

  /// The next item, waited for; nil once the output is to end.
  func next() -> Item? { queue.pop() }

  /// Tells what the thread writes to from now on.
  func opened(_ sink: (any Cancellable)?) { open.withLock { $0 = sink } }

  /// Ends the output after what it has taken; returns at once.
  func close() { queue.close() }

  /// Waits for that.
  ///
  /// - Returns: false when it takes longer; the output then gives up what it waits for. A recording that is not finished
  ///   is left in fragments, which play.
  func wait(until deadline: ContinuousClock.Instant) -> Bool {
    if thread.wait(until: deadline) {
      let seconds = max(0, (deadline - .now) / .seconds(1))
      return unfinished.wait(timeout: .now() + seconds) == .success
    }
    queue.cancel()
    open.withLock { $0 }?.cancel()
    return false
  }
}

/// Something whose writes may wait.
protocol Cancellable: AnyObject, Sendable {
  /// Ends a write that waits; from any thread.
  func cancel()
}

extension Muxer: Cancellable {}
extension LineSocket: Cancellable {}
