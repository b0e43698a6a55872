import Foundation
import Synchronization
import Testing

@testable import Daemon

@Suite(.timeLimit(.minutes(1))) struct TurnstileTests {
  /// The order in which clients get their turns that queue up, in the order given, while another has his.
  private func order(of clients: [Turnstile.Client], at turnstile: Turnstile) -> [Int] {
    let passed = Mutex<[Int]>([])
    let group = DispatchGroup()
    turnstile.pass(Turnstile.Client(weight: 1)) {
      for (index, client) in clients.enumerated() {
        group.enter()
        Thread.detachNewThread {
          turnstile.pass(client) { passed.withLock { $0.append(index) } }
          group.leave()
        }
        while turnstile.waitingCount <= index { usleep(100) }
      }
    }
    group.wait()
    return passed.withLock { $0 }
  }

  @Test func whoHasHadLeastIsNext() {
    let turnstile = Turnstile()
    let clients = [3, 1, 2].map { _ in Turnstile.Client(weight: 1) }
    for (client, milliseconds) in zip(clients, [90, 30, 60]) {
      turnstile.pass(client) { _ = usleep(UInt32(milliseconds) * 1000) }
    }
    #expect(order(of: clients, at: turnstile) == [1, 2, 0])
  }

  @Test func aTurnCountsForLessWithMoreWeight() {
    let turnstile = Turnstile()
    let (heavy, light) = (Turnstile.Client(weight: 100), Turnstile.Client(weight: 1))
    turnstile.pass(light) { _ = usleep(20_000) }
    turnstile.pass(heavy) { _ = usleep(60_000) }
    #expect(order(of: [light, heavy], at: turnstile) == [1, 0])
  }

  @Test func whoWasAwaySavesNoTurns() {
    let turnstile = Turnstile()
    let (here, away) = (Turnstile.Client(weight: 1), Turnstile.Client(weight: 1))
    for _ in 0..<3 { turnstile.pass(here) { _ = usleep(10_000) } }
    turnstile.pass(away) { _ = usleep(20_000) }
    // Both began the last turn at about the same virtual time, so the one that has just had a longer turn waits.
    #expect(order(of: [away, here], at: turnstile) == [1, 0])
  }

  @Test func oneIsInsideAtATime() {
    let turnstile = Turnstile()
    let inside = Atomic(0)
    let worst = Atomic(0)
    let group = DispatchGroup()
    for _ in 0..<6 {
      group.enter()
      Thread.detachNewThread {
        let client = Turnstile.Client(weight: 1)
        for _ in 0..<200 {
          turnstile.pass(client) {
            worst.max(inside.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
            inside.subtract(1, ordering: .relaxed)
          }
        }
        group.leave()
      }
    }
    group.wait()
    #expect(worst.load(ordering: .relaxed) == 1)
  }
}
