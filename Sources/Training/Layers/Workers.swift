// Work in shares over a fixed number of threads.
import Dispatch
import Foundation
import Synchronization

/// Runs the shares of a piece of work over threads, each with scratch memory of its own.
///
/// Threads take shares as they come, so a thread that the system holds up does not hold up the others. What a share
/// computes must not depend on the thread: sums are kept by share and added in the order of shares, which makes results
/// independent of timing and of the number of threads.
final class Workers {
  let threads: Int
  private var scratch: [FloatBuffer]

  /// - Parameter threads: ≥ 1.
  init(threads: Int) {
    precondition(threads >= 1, "work needs a thread")
    self.threads = threads
    scratch = (0..<threads).map { _ in FloatBuffer(count: 0) }
    OpenBLAS.useCallingThread()
  }

  /// Calls `body` once for each share in `0..<shares`, with `floats` of scratch memory (content undefined).
  func run(shares: Int, floats: Int = 0, _ body: (_ share: Int, _ scratch: UnsafeMutablePointer<Float>) -> Void) {
    reserve(floats)
    withoutActuallyEscaping(body) { body in
      let work = Work(shares: shares, scratch: scratch, body: body)
      DispatchQueue.concurrentPerform(iterations: min(threads, shares)) { thread in work.run(on: thread) }
    }
  }

  /// One call's work, seen by all threads.
  private final class Work: @unchecked Sendable {  // shares write apart from each other: the rule of `run`
    private let shares: Int
    private let scratch: [FloatBuffer]
    private let body: (Int, UnsafeMutablePointer<Float>) -> Void
    private let next = Atomic(0)

    init(shares: Int, scratch: [FloatBuffer], body: @escaping (Int, UnsafeMutablePointer<Float>) -> Void) {
      self.shares = shares
      self.scratch = scratch
      self.body = body
    }

    func run(on thread: Int) {
      while true {
        let share = next.add(1, ordering: .relaxed).oldValue
        guard share < shares else { return }
        body(share, scratch[thread].data)
      }
    }
  }

  private func reserve(_ floats: Int) {
    guard floats > scratch[0].count else { return }
    scratch = (0..<threads).map { _ in FloatBuffer(count: floats) }
  }

  /// The part of `0..<count` that a share does; parts differ by at most one.
  static func range(of share: Int, shares: Int, count: Int) -> Range<Int> {
    (count * share / shares)..<(count * (share + 1) / shares)
  }
}
