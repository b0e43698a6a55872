// Stopping FFmpeg while it waits.
import CFFmpeg
import Dispatch
import Synchronization

/// Tells FFmpeg's blocking calls to give up, because the caller cancels or nothing has come for too long.
final class Interrupt: Sendable {
  private let isCancelled = Atomic(false)
  /// Uptime in nanoseconds after which waiting ends; 0 never.
  private let deadline = Atomic<UInt64>(0)
  /// A wait has ended so. FFmpeg may give one more packet before it tells, and cannot go on after that.
  private let hasExpired = Atomic(false)
  private let timeout: Double?
  private let cancellation: Cancellation?

  /// - Parameter cancellation: ends waits as well, from before there is anything else to cancel.
  init(timeout: Double?, cancellation: Cancellation? = nil) {
    (self.timeout, self.cancellation) = (timeout, cancellation)
  }

  func cancel() { isCancelled.store(true, ordering: .relaxed) }

  /// Starts a new wait; none that has ended by the timeout is taken back.
  func arm() {
    guard let timeout else { return }
    deadline.store(DispatchTime.now().uptimeNanoseconds + UInt64(timeout * 1e9), ordering: .relaxed)
  }

  var wasCancelled: Bool { isCancelled.load(ordering: .relaxed) || cancellation?.isCancelled ?? false }

  var isOverdue: Bool {
    if hasExpired.load(ordering: .relaxed) { return true }
    let end = deadline.load(ordering: .relaxed)
    guard end != 0, DispatchTime.now().uptimeNanoseconds > end else { return false }
    hasExpired.store(true, ordering: .relaxed)
    return true
  }

  var shouldStop: Bool { wasCancelled || isOverdue }

  /// The error to report for a call that was interrupted, or nil when it failed by itself.
  func error(_ source: String) -> VideoError? {
    wasCancelled ? .cancelled : isOverdue ? .timedOut(source, seconds: timeout ?? 0) : nil
  }

  /// FFmpeg's callback; the interrupt must outlive the context that gets it.
  var callback: AVIOInterruptCB {
    AVIOInterruptCB(
      callback: { opaque in
        guard let opaque else { return 0 }
        return Unmanaged<Interrupt>.fromOpaque(opaque).takeUnretainedValue().shouldStop ? 1 : 0
      }, opaque: Unmanaged.passUnretained(self).toOpaque())
  }
}
