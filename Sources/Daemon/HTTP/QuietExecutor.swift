// Where answers are made: on one thread, which stands back behind the streams.
import Glibc
import NIOCore

/// Runs tasks on an event loop, whose thread takes less of a busy core than the streams' threads do.
///
/// A handler that waits for its client then costs no change of threads, and however much is asked, frames come first.
final class QuietExecutor: TaskExecutor {
  private let loop: any EventLoop
  /// Of 19: a core that streams want as well goes to them for three quarters of the time.
  private static let niceness: Int32 = 5

  /// - Parameter loop: nobody else's.
  init(_ loop: any EventLoop) {
    self.loop = loop
    // Of the thread alone, on Linux. Everybody may stand back, so it does not fail.
    loop.execute { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.niceness) }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
