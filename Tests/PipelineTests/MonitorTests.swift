import Foundation
import Testing

@testable import Pipeline

@Suite(.timeLimit(.minutes(1))) struct MonitorTests {
  @Test func aWaitEndsAtItsDeadline() {
    let monitor = Monitor(0)
    let start = ContinuousClock.now
    #expect(monitor.wait(until: start + .milliseconds(50)) { $0 == 0 ? nil : true } == nil)
    #expect(ContinuousClock.now - start >= .milliseconds(50))
    #expect(monitor.wait(until: start) { $0 == 0 ? true : nil } == true)
  }

  @Test func aWaitEndsWithWhatItWaitsFor() {
    let monitor = Monitor(0)
    Thread.detachNewThread {
      for _ in 0..<3 {
        monitor.withLock { $0 += 1 }
        monitor.wakeAll()
      }
    }
    #expect(monitor.wait(until: .now + .seconds(1_000_000_000)) { $0 == 3 ? $0 : nil } == 3)
  }
}
