// Work in its order, by a thread that stands back and ends.
import Foundation
import Synchronization
import Testing

@testable import Daemon

@Suite(.timeLimit(.minutes(1))) struct QuietQueueTests {
  @Test func workIsDoneInOrderAndAnswered() {
    let queue = QuietQueue("verge.test")
    let done = Mutex<[Int]>([])
    for number in 0..<100 { queue.async { done.withLock { $0.append(number) } } }
    #expect(queue.sync { 7 } == 7)
    #expect(done.withLock { $0 } == Array(0..<100))
  }

  @Test func onlyItsOwnThreadStandsBack() {
    let queue = QuietQueue("verge.test")
    #expect(queue.sync { getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0) } == 5)
    #expect(getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0) == 0)
  }

  @Test func itsThreadEndsWithItOnceAllIsDone() {
    func isThere(_ thread: String) -> Bool {
      let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
      return tasks.contains {
        (try? String(contentsOfFile: "/proc/self/task/\($0)/comm", encoding: .utf8)) == thread + "\n"
      }
    }
    let done = Atomic(0)
    do {
      let queue = QuietQueue("verge.ends")
      #expect(queue.sync { true })
      #expect(isThere("verge.ends"))
      for _ in 0..<10 {
        queue.async {
          usleep(2000)
          done.add(1, ordering: .relaxed)
        }
      }
    }
    #expect(soon { !isThere("verge.ends") })
    #expect(done.load(ordering: .relaxed) == 10)
  }
}
