// Threads that split the rows of a layer.
import Glibc

/// A fixed set of threads that run one row-split task at a time, together with the caller.
///
/// Made for a chain of short tasks (the layers of a network): between two of them the workers spin for some microseconds;
/// when nothing comes they park and leave their cores to others. Pieces are claimed as threads get free, smaller ones towards
/// the end, so a thread that is held up does not hold up the rest.
///
/// One caller at a time; a task must not call `run` itself. Not for tasks that wait for something.
public final class WorkerPool: Sendable {
  /// The threads that work on a task, the caller included.
  public let threadCount: Int
  private let exchange: WorkerExchange
  private let workers: [pthread_t]

  /// - Parameter threads: threads including the caller, ≥ 1.
  public init(threads: Int) {
    precondition(threads >= 1, "a pool needs a thread, not \(threads)")
    let exchange = WorkerExchange()
    self.exchange = exchange
    workers = (1..<threads).compactMap { _ in startThread { exchange.work() } }
    threadCount = workers.count + 1
  }

  deinit {
    exchange.stop()
    for worker in workers { pthread_join(worker, nil) }
  }

  /// Runs `task` on all threads and returns when all rows are done.
  ///
  /// - Complexity: allocates nothing; some microseconds when the workers are parked.
  public func run(_ task: RowTask) {
    if task.rows.isEmpty { return }
    if workers.isEmpty || task.unitCount == 1 { return task.body(task.rows, 0..<task.blocks) }
    exchange.run(task, threads: threadCount)
  }

  /// Runs `body` over `rows` in ranges of whole units (the last may be shorter), and over `blocks`, on all threads, and
  /// returns when all is done.
  ///
  /// Allocates a closure; what runs for every frame is better made once, as a `RowTask`.
  public func run(
    rows: Range<Int>, unit: Int = 1, blocks: Int = 1, _ body: (_ rows: Range<Int>, _ blocks: Range<Int>) -> Void
  ) {
    withoutActuallyEscaping(body) { run(RowTask(unchecked: $0, rows: rows, unit: unit, blocks: blocks)) }
  }
}

/// Starts a thread that runs `body`; nil when the system has no more threads.
private func startThread(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
  final class Box {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  let box = Unmanaged.passRetained(Box(body))
  var thread = pthread_t()
  let status = pthread_create(
    &thread, nil,
    { argument in
      guard let argument else { return nil }
      let box = Unmanaged<Box>.fromOpaque(argument).takeRetainedValue()
      box.body()
      return nil
    }, box.toOpaque())
  guard status == 0 else {
    box.release()
    return nil
  }
  return thread
}
