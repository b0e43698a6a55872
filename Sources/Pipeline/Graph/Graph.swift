// Stages, joined by queues, running side by side.
import Dispatch

/// A running network of stages.
///
/// Every stage has a serial queue of its own, every edge is a `BoundedQueue`. A stage is called when its input has an
/// element and its outlet has room, so no thread waits for either. Build the graph, `start` it, `wait` for it:
///
/// ```swift
/// let graph = Graph()
/// let numbers = BoundedQueue<Int>(capacity: 4)
/// var next = 0
/// graph.add("count", source: SourceFunction { next += 1; return next <= 10 ? next : nil }, to: numbers)
/// graph.add("print", StageFunction<Int, Never> { number, _ in print(number) }, from: numbers)
/// try graph.run()
/// ```
///
/// It ends in one of three ways:
/// - the sources end, or `stop` ends them: every stage drains, then finishes, in order;
/// - a stage fails: the sources and the stages before it stop, those after it drain and finish, so that what was made is
///   kept. The first error is the graph's;
/// - `cancel`: every stage stops after its current call.
public final class Graph: Sendable {
  private let state = Monitor(State())

  private struct State {
    var nodes: [Node] = []
    var running = 0
    var failure: GraphFailure?
    var edges: [any GraphEdge] = []
    var hasStarted = false
  }

  public init() {}

  /// Adds a stage without input.
  ///
  /// - Parameter side: a further outlet that the stage holds and emits into.
  public func add<S: SourceStage, Other>(
    _ name: String, source: sending S, to queue: BoundedQueue<S.Output>, side: Outlet<Other>? = Outlet<Never>?.none
  ) {
    let outlet = Outlet(queue)
    let exits = [outlet] + (side.map { [$0] } ?? []) as [any StageExit]
    let meter = StageMeter(name: name)
    let interrupt = { source.interrupt() }
    nonisolated(unsafe) let interruptFromAnyThread = interrupt  // as the protocol promises
    let work = Node.Work(
      step: {
        guard try exits.checkRoom() else { return .idle }
        return try meter.measure(exits) { try source.produce(into: outlet) } ? .again : .ended
      },
      end: {
        source.close()
        for exit in exits { exit.close() }
      },
      interrupt: { interruptFromAnyThread() })
    insert(Node(name: name, isSource: true, meter: meter, work: work), exits)
  }

  /// Adds a stage that reads `input`; without `output` it is an end of the graph.
  public func add<S: Stage>(
    _ name: String, _ stage: sending S, from input: BoundedQueue<S.Input>, to output: BoundedQueue<S.Output>? = nil
  ) {
    let outlet = Outlet(output)
    let meter = StageMeter(name: name)
    func takeNext() throws -> Node.Step {
      switch input.tryPop() {
      case .element(let element):
        try meter.measure([outlet]) { try stage.process(element, into: outlet) }
        return .again
      case .empty: return .idle
      case .ended:
        try stage.finish(into: outlet)
        return .ended
      }
    }
    let work = Node.Work(
      step: {
        guard try outlet.checkRoom() else { return .idle }
        // What ends, or has nothing yet, needs no turn.
        return input.hasElement ? try stage.inTurn(takeNext) : try takeNext()
      },
      end: {
        input.cancel()
        stage.close()
        outlet.close()
      })
    let node = Node(name: name, isSource: false, meter: meter, work: work, waiting: { input.count })
    input.observe(onElement: { node.wake() })
    insert(node, [outlet])
  }

  private func insert(_ node: Node, _ exits: [any StageExit]) {
    for exit in exits { exit.attach { node.wake() } }
    state.withLock { state in
      precondition(!state.hasStarted, "a stage was added to a running graph")
      state.nodes.append(node)
      state.edges += exits.compactMap(\.edge)
    }
  }
}

extension Graph {
  /// Lets every stage run.
  public func start() {
    let nodes = state.withLock { state in
      precondition(!state.hasStarted, "a graph starts once")
      state.hasStarted = true
      state.running = state.nodes.count
      return state.nodes
    }
    // All of them before the first one runs: it may wake its neighbours, and they may be done, at once.
    for node in nodes { node.prepare { [self] error in ended(node, error) } }
    for node in nodes { node.wake() }
  }

  /// Waits until every stage has ended; not to be called from a stage.
  ///
  /// - Throws: the first error of a stage.
  public func wait() throws(GraphFailure) {
    let failure: GraphFailure? = state.waitUntil { $0.running == 0 ? .some($0.failure) : nil }
    if let failure { throw failure }
  }

  /// Starts the graph and waits for its end.
  public func run() throws(GraphFailure) {
    start()
    try wait()
  }

  /// Ends the sources; everything that they have made goes its way to the end.
  public func stop() {
    for node in state.withLock({ $0.nodes }) where node.isSource { node.stop() }
  }

  /// Ends every stage after its current call; what waits between them is discarded.
  public func cancel() {
    let (nodes, edges) = state.withLock { ($0.nodes, $0.edges) }
    for node in nodes { node.cancel() }
    for edge in edges { edge.cancel() }
  }

  /// What each stage has cost so far, in the order in which they were added.
  public var stages: [StageReport] { state.withLock { $0.nodes }.map(\.meter.report) }

  /// Durations of each stage's calls so far, in the order in which they were added.
  public var stageDurations: [(name: String, durations: DurationCounts)] {
    state.withLock { $0.nodes }.map { ($0.meter.name, $0.meter.durations) }
  }

  /// Elements that wait before each stage that has an input.
  public var queues: [String: Int] {
    state.withLock { $0.nodes }.reduce(into: [:]) { counts, node in
      if !node.isSource { counts[node.meter.name] = node.waiting() }
    }
  }

  /// Lets go of the nodes that edges hold, of a graph that has ended or was never started.
  func forgetEdges() {
    for edge in state.withLock({ $0.edges }) { edge.forgetObservers() }
  }

  private func ended(_ node: Node, _ error: (any Error)?) {
    let edges = state.withLock { state -> [any GraphEdge] in
      if let error, state.failure == nil { state.failure = GraphFailure(stage: node.meter.name, error: error) }
      state.running -= 1
      return state.running == 0 ? state.edges : []
    }
    for edge in edges { edge.forgetObservers() }
    state.wakeAll()
    if error != nil { stop() }
  }
}

/// The first error of a graph, and the stage that it came from.
public struct GraphFailure: Error {
  public let stage: String
  public let error: any Error
}

/// A queue of whatever elements.
protocol GraphEdge: Sendable {
  func cancel()
  func forgetObservers()
}

extension BoundedQueue: GraphEdge {}

extension StageMeter {
  /// Runs `body` and records its time, less what it waited for room.
  fileprivate func measure<Result>(_ exits: [any StageExit], _ body: () throws -> Result) rethrows -> Result {
    let (start, waited) = (ContinuousClock.now, exits.waited)
    defer { record((ContinuousClock.now - start) - (exits.waited - waited)) }
    return try body()
  }
}
