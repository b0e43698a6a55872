// Who is next at the network.
import Pipeline

/// Lets one client at a time through: of those who wait, the one who has had the least for its weight.
///
/// Start-time fair queueing: a client that was away does not save up turns. Clients that always want more share the time
/// by their weights, whatever a turn costs each of them.
/// - Source: Goyal, Vin and Cheng 1996, "Start-time Fair Queueing", eq. 4 and 5.
final class Turnstile: Sendable {
  /// Somebody who takes turns, one at a time.
  final class Client: @unchecked Sendable {  // `served` and `begins` are touched inside the turnstile's lock only
    let weight: Double
    /// Virtual time up to which it has been served.
    fileprivate var served = 0.0
    /// Virtual time at which its turn begins.
    fileprivate var begins = 0.0

    /// - Parameter weight: its share beside others', > 0.
    init(weight: Double) {
      precondition(weight > 0, "a weight of \(weight) is no share")
      self.weight = weight
    }
  }

  private struct State {
    var isBusy = false
    var waiting: [Client] = []
    /// Where the turn that runs, or ran last, began.
    var now = 0.0
  }

  private let state = Monitor(State())

  /// Clients that wait.
  var waitingCount: Int { state.withLock { $0.waiting.count } }

  /// Runs `body` when it is the client's turn.
  func pass<Result>(_ client: Client, _ body: () throws -> Result) rethrows -> Result {
    state.withLock { state in
      client.begins = max(client.served, state.now)
      state.waiting.append(client)
    }
    state.waitUntil { Self.enter(client, &$0) }
    let start = ContinuousClock.now
    defer { leave(client, after: ContinuousClock.now - start) }
    return try body()
  }

  private static func enter(_ client: Client, _ state: inout State) -> Void? {
    guard !state.isBusy,
      let first = state.waiting.indices.min(by: { state.waiting[$0].begins < state.waiting[$1].begins }),
      state.waiting[first] === client
    else { return nil }
    state.waiting.remove(at: first)
    (state.isBusy, state.now) = (true, client.begins)
    return ()
  }

  private func leave(_ client: Client, after duration: Duration) {
    state.withLock { state in
      client.served = client.begins + duration.inSeconds / client.weight
      state.isBusy = false
    }
    state.wakeAll()
  }
}
