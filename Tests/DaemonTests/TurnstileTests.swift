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
    let turnstile = Turnstile(cores: 1)
    let clients = [3, 1, 2].map { _ in Turnstile.Client(weight: 1) }
    for (client, milliseconds) in zip(clients, [90, 30, 60]) {
      turnstile.pass(client) { _ = usleep(UInt32(milliseconds) * 1000) }
    }
    #expect(order(of: clients, at: turnstile) == [1, 2, 0])
  }

  @Test func aTurnCountsForLessWithMoreWeight() {
    let turnstile = Turnstile(cores: 1)
    let (heavy, light) = (Turnstile.Client(weight: 100), Turnstile.Client(weight: 1))
    turnstile.pass(light) { _ = usleep(20_000) }
    turnstile.pass(heavy) { _ = usleep(60_000) }
    #expect(order(of: [light, heavy], at: turnstile) == [1, 0])
  }

  @Test func whoWasAwaySavesNoTurns() {
    let turnstile = Turnstile(cores: 1)
    let (here, away) = (Turnstile.Client(weight: 1), Turnstile.Client(weight: 1))
    for _ in 0..<3 { turnstile.pass(here) { _ = usleep(10_000) } }
    turnstile.pass(away) { _ = usleep(20_000) }
    // Both began the last turn at about the same virtual time, so the one that has just had a longer turn waits.
    #expect(order(of: [away, here], at: turnstile) == [1, 0])
  }

  /// What `cores` had inside at once at worst, while six clients took 200 turns each: turns beside each other, those on all
  /// cores beside another, and those that shared a core.
  private func crowd(at cores: Int) -> (together: Int, besideAll: Int, shared: Int) {
    struct Worst {
      var inside: [Turnstile.Cores] = []
      var (together, besideAll, shared) = (0, 0, 0)
    }
    let turnstile = Turnstile(cores: cores)
    let worst = Mutex(Worst())
    let group = DispatchGroup()
    for _ in 0..<6 {
      group.enter()
      Thread.detachNewThread {
        let client = Turnstile.Client(weight: 1)
        for _ in 0..<200 {
          turnstile.pass(client) {
            worst.withLock {
              $0.inside.append(client.cores)
              $0.together = max($0.together, $0.inside.count)
              if $0.inside.count > 1, $0.inside.contains(.all) { $0.besideAll += 1 }
              if Set($0.inside).count < $0.inside.count { $0.shared += 1 }
            }
            usleep(20)
            worst.withLock { worst in _ = worst.inside.firstIndex(of: client.cores).map { worst.inside.remove(at: $0) }
            }
          }
        }
        group.leave()
      }
    }
    group.wait()
    return worst.withLock { ($0.together, $0.besideAll, $0.shared) }
  }

  @Test(arguments: [1, 2, 4]) func noCoreHasTwoTurns(cores: Int) {
    let worst = crowd(at: cores)
    #expect(worst.together == cores)
    #expect(worst.besideAll == 0)
    #expect(worst.shared == 0)
  }

  @Test func aloneATurnHasAllCoresAndACrowdHasOneEach() {
    let turnstile = Turnstile(cores: 2)
    let clients = (0..<3).map { _ in Turnstile.Client(weight: 1) }
    let seen = Mutex<[Turnstile.Cores]>([])
    let group = DispatchGroup()
    turnstile.pass(clients[0]) {
      #expect(clients[0].cores == .all)
      for client in clients[1...] {
        group.enter()
        Thread.detachNewThread {
          turnstile.pass(client) { seen.withLock { $0.append(client.cores) } }
          group.leave()
        }
      }
      while turnstile.waitingCount < 2 { usleep(100) }
      #expect(seen.withLock { $0.isEmpty }, "nobody is beside a turn that has all cores")
    }
    group.wait()
    #expect(seen.withLock { $0.contains { $0 != .all } })
  }

  /// With fewer clients than cores, none is left to one core while the others idle.
  @Test func fewWaitForAllCores() {
    let turnstile = Turnstile(cores: 4)
    let seen = Mutex<Set<Turnstile.Cores>>([])
    let group = DispatchGroup()
    for _ in 0..<3 {
      group.enter()
      Thread.detachNewThread {
        let client = Turnstile.Client(weight: 1)
        for _ in 0..<50 { turnstile.pass(client) { _ = seen.withLock { $0.insert(client.cores) } } }
        group.leave()
      }
    }
    group.wait()
    #expect(seen.withLock { $0 } == [.all])
  }

  @Test func aTurnOnOneCoreCountsForThatShare() {
    let turnstile = Turnstile(cores: 2)
    let (alone, first, second) = (Turnstile.Client(weight: 1), Turnstile.Client(weight: 1), Turnstile.Client(weight: 1))
    let group = DispatchGroup()
    /// Lets clients queue up behind a turn, then has them all run `body`.
    func together(_ clients: [Turnstile.Client], _ body: @escaping @Sendable (Turnstile.Client) -> Void) {
      turnstile.pass(Turnstile.Client(weight: 1)) {
        for client in clients {
          group.enter()
          Thread.detachNewThread {
            turnstile.pass(client) { body(client) }
            group.leave()
          }
        }
        while turnstile.waitingCount < clients.count { usleep(100) }
      }
      group.wait()
    }
    together([first, second]) { _ in usleep(40_000) }  // 40 ms of half the cores
    turnstile.pass(alone) { _ = usleep(30_000) }  // 30 ms of all
    let entered = Mutex<[ObjectIdentifier]>([])
    together([alone, first, second]) { client in
      entered.withLock { $0.append(ObjectIdentifier(client)) }
      while entered.withLock({ $0.count }) < 2 { usleep(100) }
    }
    #expect(entered.withLock { $0.last } == ObjectIdentifier(alone))
  }
}
