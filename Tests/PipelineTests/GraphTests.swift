import Foundation
import Testing

@testable import Pipeline

struct Broken: Error, Equatable { var place: String }

/// Counts up to `end`, or for ever.
func counter(to end: Int = .max, pause: TimeInterval = 0) -> SourceFunction<Int> {
  var next = 0
  return SourceFunction {
    if pause > 0 { Thread.sleep(forTimeInterval: pause) }
    defer { next += 1 }
    return next < end ? next : nil
  }
}

/// Keeps what arrives, and how it ended.
final class Keeper<Input: Sendable>: Stage {
  let kept = Collected<Input>()
  let events = Collected<String>()
  private let body: (Input) throws -> Void

  init(_ body: @escaping (Input) throws -> Void = { _ in }) { self.body = body }

  func process(_ input: Input, into outlet: Outlet<Never>) throws {
    try body(input)
    kept.append(input)
  }

  func finish(into outlet: Outlet<Never>) throws { events.append("finish") }
  func close() { events.append("close") }
}

@Suite(.timeLimit(.minutes(1))) struct GraphTests {
  @Test func thousandsOfElementsKeepTheirOrder() throws {
    let graph = Graph()
    let (first, second) = (BoundedQueue<Int>(capacity: 3), BoundedQueue<Int>(capacity: 1))
    let keeper = Keeper<Int>()
    let (kept, events) = (keeper.kept, keeper.events)
    graph.add("count", source: counter(to: 20_000), to: first)
    graph.add("double", StageFunction<Int, Int> { try $1.emit(2 * $0) }, from: first, to: second)
    graph.add("keep", keeper, from: second)
    try graph.run()
    #expect(kept.all == (0..<20_000).map { 2 * $0 })
    #expect(events.all == ["finish", "close"])
    #expect(graph.stages.map(\.count) == [20_001, 20_000, 20_000])
  }

  @Test func aSlowStageHoldsTheOthersBackAndLosesNothing() throws {
    let graph = Graph()
    let queue = BoundedQueue<Int>(capacity: 2)
    let ahead = Collected<Int>()
    var made = 0
    let source = SourceFunction<Int> {
      made += 1
      ahead.append(queue.count)
      return made <= 50 ? made : nil
    }
    let keeper = Keeper<Int> { _ in Thread.sleep(forTimeInterval: 0.001) }
    let kept = keeper.kept
    graph.add("fast", source: source, to: queue)
    graph.add("slow", keeper, from: queue)
    try graph.run()
    #expect(kept.all == Array(1...50))
    #expect(ahead.all.max()! <= 2)
    let busy = graph.stages[1].busy
    #expect(busy > 0.5 && busy <= 1)
  }

  @Test func aStageThatEmitsMuchForOneInputWaitsForRoom() throws {
    let graph = Graph()
    let (bursts, singles) = (BoundedQueue<Int>(capacity: 1), BoundedQueue<Int>(capacity: 2))
    let keeper = Keeper<Int>()
    let kept = keeper.kept
    graph.add("bursts", source: counter(to: 30), to: bursts)
    graph.add(
      "spread",
      StageFunction<Int, Int> { burst, outlet in for part in 0..<10 { try outlet.emit(10 * burst + part) } },
      from: bursts, to: singles)
    graph.add("keep", keeper, from: singles)
    try graph.run()
    #expect(kept.all == Array(0..<300))
  }

  @Test func twoWaysMeetAgainAtTheEnd() throws {
    let graph = Graph()
    let (odd, even, all) = (
      BoundedQueue<Int>(capacity: 1), BoundedQueue<Int>(capacity: 4), BoundedQueue<Int>(capacity: 2)
    )
    let keeper = Keeper<Int>()
    let kept = keeper.kept
    let side = Outlet(odd)
    final class Sorter: SourceStage {
      let odd: Outlet<Int>
      var next = 0
      init(_ odd: Outlet<Int>) { self.odd = odd }
      func produce(into even: Outlet<Int>) throws -> Bool {
        if next < 1_000 { try (next % 2 == 0 ? even : odd).emit(next) }
        next += 1
        return next < 1_000
      }
    }
    graph.add("count", source: Sorter(side), to: even, side: side)
    graph.add("odd", StageFunction<Int, Int> { try $1.emit($0) }, from: odd, to: all)
    graph.add("even", StageFunction<Int, Int> { try $1.emit($0) }, from: even, to: all)
    graph.add("keep", keeper, from: all)
    try graph.run()
    #expect(kept.all.filter { $0 % 2 == 0 } == (0..<500).map { 2 * $0 })
    #expect(kept.all.sorted() == Array(0..<1_000))
  }

  @Test(arguments: ["source", "stage", "sink"]) func theFirstErrorStopsEveryStageAndTheSinkIsClosed(place: String) {
    let graph = Graph()
    let (first, second) = (BoundedQueue<Int>(capacity: 2), BoundedQueue<Int>(capacity: 2))
    let keeper = Keeper<Int> { if place == "sink" && $0 == 100 { throw Broken(place: "sink") } }
    let (kept, events) = (keeper.kept, keeper.events)
    var made = 0
    let source = SourceFunction<Int> {
      if place == "source" && made == 100 { throw Broken(place: "source") }
      defer { made += 1 }
      return made
    }
    let stage = StageFunction<Int, Int> { number, outlet in
      if place == "stage" && number == 100 { throw Broken(place: "stage") }
      try outlet.emit(number)
    }
    graph.add("source", source: source, to: first)
    graph.add("stage", stage, from: first, to: second)
    graph.add("sink", keeper, from: second)
    let failure = #expect(throws: GraphFailure.self) { try graph.run() }
    #expect(failure?.stage == place)
    #expect(failure?.error as? Broken == Broken(place: place))
    #expect(kept.all == Array(0..<100), "what came before the error is kept")
    #expect(events.all == (place == "sink" ? ["close"] : ["finish", "close"]))
  }

  @Test func anErrorInFinishIsReported() {
    final class Full: Stage {
      func process(_ input: Int, into outlet: Outlet<Never>) {}
      func finish(into outlet: Outlet<Never>) throws { throw Broken(place: "trailer") }
    }
    let graph = Graph()
    let queue = BoundedQueue<Int>(capacity: 2)
    graph.add("count", source: counter(to: 5), to: queue)
    graph.add("write", Full(), from: queue)
    let failure = #expect(throws: GraphFailure.self) { try graph.run() }
    #expect(failure?.error as? Broken == Broken(place: "trailer"))
  }

  @Test func stoppingEndsTheSourceAndDrainsTheRest() throws {
    let graph = Graph()
    let queue = BoundedQueue<Int>(capacity: 8)
    let keeper = Keeper<Int> { _ in Thread.sleep(forTimeInterval: 0.0005) }
    let (kept, events) = (keeper.kept, keeper.events)
    let made = Collected<Int>()
    var next = 0
    let source = SourceFunction<Int> {
      defer { next += 1 }
      made.append(next)
      return next
    }
    graph.add("endless", source: source, to: queue)
    graph.add("keep", keeper, from: queue)
    graph.start()
    while kept.all.count < 20 { Thread.sleep(forTimeInterval: 0.001) }
    graph.stop()
    try graph.wait()
    #expect(kept.all == made.all)
    #expect(events.all == ["finish", "close"])
  }

  @Test func cancellingMidWayEndsEveryStageWithoutDraining() throws {
    let graph = Graph()
    let (first, second) = (BoundedQueue<Int>(capacity: 8), BoundedQueue<Int>(capacity: 8))
    let keeper = Keeper<Int> { _ in Thread.sleep(forTimeInterval: 0.005) }
    let (kept, events) = (keeper.kept, keeper.events)
    graph.add("endless", source: counter(), to: first)
    graph.add("pass", StageFunction<Int, Int> { try $1.emit($0) }, from: first, to: second)
    graph.add("keep", keeper, from: second)
    graph.start()
    while kept.all.count < 5 { Thread.sleep(forTimeInterval: 0.001) }
    graph.cancel()
    try graph.wait()
    #expect(kept.all.count < 15)
    #expect(events.all == ["close"])
  }

  @Test func aWaitingSourceIsInterrupted() throws {
    final class Patient: SourceStage {
      let door = DispatchSemaphore(value: 0)
      func produce(into outlet: Outlet<Int>) -> Bool {
        door.wait()
        return true
      }
      func interrupt() { door.signal() }
    }
    let graph = Graph()
    let queue = BoundedQueue<Int>(capacity: 1)
    graph.add("patient", source: Patient(), to: queue)
    graph.add("keep", Keeper<Int>(), from: queue)
    graph.start()
    Thread.sleep(forTimeInterval: 0.01)
    graph.stop()
    try graph.wait()
  }

  @Test func aLiveSourceIsNeverHeldUpAndEveryFrameIsAccountedFor() throws {
    let graph = Graph()
    let account = FrameAccount()
    let queue = BoundedQueue<Int>(capacity: 2, overflow: .dropOldest { _ in account.leave(.late) })
    var made = 0
    let source = SourceFunction<Int> {
      guard made < 500 else { return nil }
      made += 1
      account.enter()
      return made
    }
    let keeper = Keeper<Int> { _ in
      Thread.sleep(forTimeInterval: 0.002)
      account.leave(.shown)
    }
    let kept = keeper.kept
    graph.add("live", source: source, to: queue)
    graph.add("slow", keeper, from: queue)
    try graph.run()
    #expect(kept.all == kept.all.sorted() && kept.all.last == 500)
    let counts = account.snapshot
    #expect(counts.in == 500 && counts.reconciles)
    #expect(counts.shown == kept.all.count && counts.late == 500 - counts.shown && counts.late > 0)
  }

  @Test func aStageTakesTheNewestThereIsAtItsTurn() throws {
    final class Patient: Stage {
      let kept: Collected<Int>
      let turn: DispatchSemaphore
      init(_ kept: Collected<Int>, _ turn: DispatchSemaphore) { (self.kept, self.turn) = (kept, turn) }
      func inTurn<Result>(_ step: () throws -> Result) rethrows -> Result {
        turn.wait()
        defer { turn.signal() }
        return try step()
      }
      func process(_ input: Int, into outlet: Outlet<Never>) { kept.append(input) }
    }
    let (graph, kept, turn) = (Graph(), Collected<Int>(), DispatchSemaphore(value: 0))
    let queue = BoundedQueue<Int>(capacity: 1, overflow: .dropOldest { _ in })
    var made = 0
    let source = SourceFunction<Int> {
      made += 1
      if made > 100 { turn.signal() }
      return made <= 100 ? made : nil
    }
    graph.add("live", source: source, to: queue)
    graph.add("patient", Patient(kept, turn), from: queue)
    try graph.run()
    #expect(kept.all == [100])
  }

  @Test func stagesAreReleasedWithTheGraph() throws {
    final class Token: Sendable {}
    weak var token: Token?
    do {
      let held = Token()
      token = held
      let graph = Graph()
      let queue = BoundedQueue<Int>(capacity: 1)
      graph.add("count", source: counter(to: 3), to: queue)
      graph.add("keep", Keeper<Int> { _ in _ = held }, from: queue)
      try graph.run()
    }
    let deadline = ContinuousClock.now + .seconds(2)
    while token != nil && ContinuousClock.now < deadline { Thread.sleep(forTimeInterval: 0.001) }
    #expect(token == nil)
  }

  @Test func aGraphWithNothingToDoEndsEachTime() throws {
    for _ in 0..<500 {
      let graph = Graph()
      let (first, second) = (BoundedQueue<Int>(capacity: 1), BoundedQueue<Int>(capacity: 1))
      graph.add("empty", source: counter(to: 0), to: first)
      graph.add("pass", StageFunction<Int, Int> { try $1.emit($0) }, from: first, to: second)
      graph.add("keep", Keeper<Int>(), from: second)
      try graph.run()
    }
  }

  @Test func manyGraphsRunSideBySide() throws {
    let graphs = (0..<60).map { _ in Graph() }
    let sums = Collected<Int>()
    for graph in graphs {
      let (first, second) = (BoundedQueue<Int>(capacity: 1), BoundedQueue<Int>(capacity: 1))
      var sum = 0
      graph.add("count", source: counter(to: 200), to: first)
      graph.add("pass", StageFunction<Int, Int> { try $1.emit($0) }, from: first, to: second)
      graph.add(
        "sum",
        Keeper<Int> {
          sum += $0; if $0 == 199 { sums.append(sum) }
        }, from: second)
    }
    for graph in graphs { graph.start() }
    for graph in graphs { try graph.wait() }
    #expect(sums.all == Array(repeating: 199 * 100, count: 60))
  }
}
