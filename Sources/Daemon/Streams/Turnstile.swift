// Who is next at the network, and on which cores.
import Pipeline

/// Lets clients through to the cores: of those who wait, the one who has had the least for its weight.
///
/// A turn has all cores, so that its answer comes soon. Only where as many clients want turns as there are cores, each gets
/// one: threads that wait for nobody lose less to the decoders and encoders beside them.
///
/// Start-time fair queueing: a client that was away does not save up turns. Clients that always want more share the time
/// by their weights, whatever a turn costs each of them.
/// - Source: Goyal, Vin and Cheng 1996, "Start-time Fair Queueing", eq. 4 and 5; Jin, Chase and Kaur 2004, "Interposed
///   proportional sharing", for turns beside each other.
final class Turnstile: Sendable {
  /// What a turn may load.
  enum Cores: Hashable, Sendable {
    case all
    /// One of them, which no other turn has now.
    case one(Int)
  }

  /// Somebody who takes turns, one at a time.
  final class Client: @unchecked Sendable {  // touched inside the turnstile's lock, and `cores` by whoever has the turn
    let weight: Double
    /// What its turn may load.
    fileprivate(set) var cores = Cores.all
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
    let count: Int
    /// Cores that no turn has.
    var free: [Int]
    var waiting: [Client] = []
    /// Where the turn that was given last began.
    var now = 0.0

    init(cores count: Int) { (self.count, free) = (count, Array(0..<count)) }

    /// Cores for the next turn; nil while there are none.
    mutating func takeCores() -> Cores? {
      let wanted = count - free.count + waiting.count
      if count > 1, wanted >= count { return free.popLast().map { .one($0) } }
      guard free.count == count else { return nil }
      free = []
      return .all
    }

    /// Takes back what a turn had, and gives its share of all cores.
    mutating func giveBack(_ cores: Cores) -> Double {
      switch cores {
      case .all:
        free = Array(0..<count)
        return 1
      case .one(let core):
        free.append(core)
        return 1 / Double(count)
      }
    }
  }

  private let state: Monitor<State>

  /// - Parameter cores: how many turns may run beside each other, ≥ 1.
  init(cores: Int) { state = Monitor(State(cores: cores)) }

  /// Clients that wait.
  var waitingCount: Int { state.withLock { $0.waiting.count } }

  /// Runs `body` when it is the client's turn, on `client.cores`.
  func pass<Result>(_ client: Client, _ body: () throws -> Result) rethrows -> Result {
    state.withLock { state in
      client.begins = max(client.served, state.now)
      state.waiting.append(client)
    }
    // Whoever waited before may have been one too few for a core of its own, and the next one may enter beside this one.
    state.wakeAll()
    state.waitUntil { Self.enter(client, &$0) }
    state.wakeAll()
    let start = ContinuousClock.now
    defer { leave(client, after: ContinuousClock.now - start) }
    return try body()
  }

  private static func enter(_ client: Client, _ state: inout State) -> Void? {
    guard let first = state.waiting.indices.min(by: { state.waiting[$0].begins < state.waiting[$1].begins }),
      state.waiting[first] === client, let cores = state.takeCores()
    else { return nil }
    state.waiting.remove(at: first)
    (client.cores, state.now) = (cores, client.begins)
    return ()
  }

  private func leave(_ client: Client, after duration: Duration) {
    state.withLock { state in
      client.served = client.begins + duration.inSeconds * state.giveBack(client.cores) / client.weight
    }
    state.wakeAll()
  }
}
