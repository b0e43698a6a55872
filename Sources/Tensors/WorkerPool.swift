// Threads that split the rows of a layer.
import Glibc

/// A fixed set of threads that run one row-split task at a time, together with the caller.
///
/// Made for a chain of short tasks (the layers of a network): between two of them the workers spin for some microseconds;
/// when nothing comes they park and leave their cores to others. Rows are claimed in grains as threads get free, so a thread
/// that is held up does not hold up the rest.
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

  /// Runs `body` over `rows` in ranges of `grain` rows (the last may be shorter), on all threads, and returns when all is done.
  ///
  /// - Parameters:
  ///   - grain: rows claimed at once, ≥ 1; every range starts a multiple of `grain` after `rows.lowerBound`.
  ///   - body: called on several threads at the same time, with disjoint ranges.
  /// - Complexity: allocates nothing in proportion to the rows; some microseconds when the workers are parked.
  public func run(rows: Range<Int>, grain: Int, _ body: (Range<Int>) -> Void) {
    precondition(grain >= 1, "a grain has at least one row, not \(grain)")
    if workers.isEmpty || rows.count <= grain { return runAlone(rows: rows, grain: grain, body) }
    withoutActuallyEscaping(body) { exchange.run(WorkerTask(rows: rows, grain: grain, body: $0)) }
  }

  private func runAlone(rows: Range<Int>, grain: Int, _ body: (Range<Int>) -> Void) {
    var start = rows.lowerBound
    while start < rows.upperBound {
      body(start..<min(start + grain, rows.upperBound))
      start += grain
    }
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
