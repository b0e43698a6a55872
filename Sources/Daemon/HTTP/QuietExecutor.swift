// Where answers are made: on one thread, which stands back behind the streams.
import NIOCore

/// Runs tasks on an event loop, whose thread takes less of a busy core than the streams' threads do.
///
/// A handler that waits for its client then costs no change of threads, and however much is asked, frames come first.
final class QuietExecutor: TaskExecutor {
  private let loop: any EventLoop

  /// - Parameter loop: nobody else's.
  init(_ loop: any EventLoop) {
    self.loop = loop
    loop.execute { standBack() }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
