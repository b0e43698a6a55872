// How a caller and its workers meet: a task offered, claimed piece by piece, and left.
import CKernels
import Glibc
import Synchronization

/// The shared state of a `WorkerPool`.
///
/// `state` is the protocol: bits 32… count the tasks (the generation), bits 1…31 the workers that have joined the present one,
/// bit 0 says that it may be joined. A worker joins by compare-and-swap while the bit is set, so the caller, who clears the
/// bit and then waits for the count to fall to zero, never takes a task away from a worker that is still on it, and never
/// waits for a worker that is still asleep.
final class WorkerExchange: @unchecked Sendable {  // `task` is written only while no worker can have joined
  private static let joined: UInt64 = 2
  private static let open: UInt64 = 1
  private static let generation: UInt64 = 1 << 32
  /// Looks at `state` before a worker parks: some 50 µs, longer than the threads of one layer end apart, far less than a frame.
  private static let spins = 2000

  private let state = Atomic<UInt64>(0)
  private let nextUnit = Atomic<Int>(0)
  private let parked = Atomic<Int>(0)
  private let stopped = Atomic<Bool>(false)
  private var task: RowTask?
  private var threads = 1
  private let bell = Bell()

  /// Offers `task` to the workers, takes part, and returns when every piece is done.
  ///
  /// - Parameter threads: how many may come, the caller included.
  func run(_ task: RowTask, threads: Int) {
    let before = state.load(ordering: .relaxed)
    precondition(before & (Self.generation - 1) == 0, "a worker pool runs one task at a time")
    self.task = task
    self.threads = threads
    nextUnit.store(0, ordering: .relaxed)
    // Sequentially consistent, as in `park`: either the worker sees this task or we see the worker parked.
    state.store((before &+ Self.generation) | Self.open, ordering: .sequentiallyConsistent)
    if parked.load(ordering: .sequentiallyConsistent) > 0 { bell.ring() }
    claimUnits(of: task)
    state.bitwiseAnd(~Self.open, ordering: .acquiringAndReleasing)
    waitForWorkers()
    self.task = nil
  }

  /// The life of a worker.
  func work() {
    var seen: UInt64 = 0
    while !stopped.load(ordering: .acquiring) {
      let now = awaitTask(after: seen)
      seen = now / Self.generation
      join(generation: seen)
    }
  }

  /// Lets the workers return.
  func stop() {
    stopped.store(true, ordering: .sequentiallyConsistent)
    bell.ring()
  }

  private func join(generation: UInt64) {
    var now = state.load(ordering: .acquiring)
    while now & Self.open != 0 && now / Self.generation == generation {
      let (exchanged, original) = state.weakCompareExchange(
        expected: now, desired: now &+ Self.joined, ordering: .acquiringAndReleasing)
      if exchanged {
        if let task { claimUnits(of: task) }
        state.subtract(Self.joined, ordering: .releasing)
        return
      }
      now = original
    }
  }

  private func claimUnits(of task: RowTask) {
    var start = nextUnit.load(ordering: .relaxed)
    while start < task.unitCount {
      let end = task.claimEnd(from: start, threads: threads)
      let (exchanged, now) = nextUnit.weakCompareExchange(expected: start, desired: end, ordering: .relaxed)
      if exchanged { task.run(from: start, to: end) }
      start = exchanged ? nextUnit.load(ordering: .relaxed) : now
    }
  }

  /// The last pieces of the others are short; after some looks the core is offered, in case a worker lost its own.
  private func waitForWorkers() {
    var looks = 0
    while state.load(ordering: .acquiring) & (Self.generation - 1) != 0 {
      looks += 1
      if looks > Self.spins { sched_yield() } else { ck_relax() }
    }
  }

  /// The state once its generation differs from `seen`, or at once when stopped.
  private func awaitTask(after seen: UInt64) -> UInt64 {
    for _ in 0..<Self.spins {
      let now = state.load(ordering: .acquiring)
      if now / Self.generation != seen { return now }
      ck_relax()
    }
    return park(after: seen)
  }

  private func park(after seen: UInt64) -> UInt64 {
    bell.wait {
      parked.add(1, ordering: .sequentiallyConsistent)
      defer { parked.subtract(1, ordering: .sequentiallyConsistent) }
      while true {
        let now = state.load(ordering: .sequentiallyConsistent)
        if now / Self.generation != seen || stopped.load(ordering: .sequentiallyConsistent) { return now }
        bell.sleep()
      }
    }
  }
}

/// A mutex with a condition.
private final class Bell: @unchecked Sendable {  // a mutex and a condition, made to be shared
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Wakes all that sleep. The lock makes sure that nobody is between looking and sleeping.
  func ring() {
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }

  /// Runs `body` with the lock held; `body` may `sleep`.
  func wait<T>(_ body: () -> T) -> T {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }

  func sleep() { pthread_cond_wait(condition, mutex) }
}
