// A stage at its place in the graph, and when it runs.
import Dispatch
import Synchronization

/// Runs a stage on a serial queue of its own whenever it can go on, and never makes a thread wait for it otherwise.
final class Node: @unchecked Sendable {  // the stage is called on `queue` only
  /// What a call of the stage led to.
  enum Step { case again, idle, ended }

  /// A stage with its ends, without their types.
  struct Work {
    /// One call of the stage, if there is something to do and room for what comes of it.
    var step: () throws -> Step
    /// Refuses what still comes in, ends what goes out, and makes the stage's last call.
    var end: () -> Void
    /// Makes a waiting source return; called from any thread.
    var interrupt: @Sendable () -> Void = {}
  }

  let meter: StageMeter
  let isSource: Bool
  /// Elements in its input.
  let waiting: @Sendable () -> Int
  private let queue: DispatchQueue
  private let isScheduled = Atomic(false)
  private let isStopped = Atomic(false)
  private let isCancelled = Atomic(false)
  /// Serial queues order their blocks; the lock says the same to the thread sanitizer and is never contended.
  private let work: Monitor<Work?>
  private let interrupt: @Sendable () -> Void
  private let onEnd: Monitor<(@Sendable ((any Error)?) -> Void)?>

  init(
    name: String, isSource: Bool, meter: StageMeter, work: Work, waiting: @escaping @Sendable () -> Int = { 0 }
  ) {
    self.meter = meter
    self.waiting = waiting
    self.isSource = isSource
    queue = DispatchQueue(label: "verge.\(name)")
    interrupt = work.interrupt
    self.work = Monitor(work)
    onEnd = Monitor(nil)
  }

  /// Readies the stage to run; `onEnd` is called once, with the error that ended it, if any.
  func prepare(onEnd: @escaping @Sendable ((any Error)?) -> Void) {
    self.onEnd.withLock { $0 = onEnd }
    meter.begin()
  }

  /// Has the stage look for something to do. Cheap when it is about to look anyway.
  func wake() {
    guard !isScheduled.exchange(true, ordering: .acquiringAndReleasing) else { return }
    queue.async { [self] in run() }
  }

  /// Ends a source in order after its current call.
  func stop() {
    isStopped.store(true, ordering: .releasing)
    interrupt()
    wake()
  }

  /// Ends the stage after its current call.
  func cancel() {
    isCancelled.store(true, ordering: .releasing)
    interrupt()
    wake()
  }

  private func run() {
    isScheduled.store(false, ordering: .sequentiallyConsistent)
    do {
      let ended = try work.withLock { work in
        guard let step = work?.step else { return false }
        return try advance(step)
      }
      if ended { end(nil) }
    } catch is Disconnected {
      end(nil)
    } catch {
      end(error)
    }
  }

  /// Calls the stage until it cannot go on.
  ///
  /// - Returns: whether it has ended.
  private func advance(_ step: () throws -> Step) throws -> Bool {
    while true {
      if isCancelled.load(ordering: .acquiring) || isStopped.load(ordering: .acquiring) { return true }
      switch try step() {
      case .again: continue
      case .idle: return false
      case .ended: return true
      }
    }
  }

  private func end(_ error: (any Error)?) {
    guard let work = work.withLock({ $0.take() }) else { return }
    work.end()
    meter.end()
    onEnd.withLock { $0.take() }?(error)
  }
}
