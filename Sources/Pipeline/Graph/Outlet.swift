// The way out of a stage.

/// Where a stage puts what it makes: a queue, several to choose from, or nothing at the end of the graph.
///
/// Belongs to one stage and is used on that stage's queue.
public final class Outlet<Element: Sendable> {
  private let queues: [BoundedQueue<Element>]
  private let route: (Element) -> Int
  /// Time that the stage has spent waiting for room inside `emit`.
  private(set) var waited = Duration.zero

  /// An outlet to one queue, or with nil to none.
  init(_ queue: BoundedQueue<Element>?) {
    queues = queue.map { [$0] } ?? []
    route = { _ in 0 }
  }

  /// An outlet that sends each element to the queue whose number `route` says.
  init(_ queues: [BoundedQueue<Element>], route: @escaping (Element) -> Int) {
    self.queues = queues
    self.route = route
  }

  /// Passes an element on. The graph calls a stage when there is room for one element; a stage that emits more for one
  /// input may wait here.
  ///
  /// - Throws: `Disconnected` when the receiving end is gone; the stage lets it through to the graph.
  public func emit(_ element: Element) throws(Disconnected) {
    guard !queues.isEmpty else { return }
    let queue = queues[route(element)]
    guard queue.hasRoom else {
      let start = ContinuousClock.now
      defer { waited += .now - start }
      guard queue.push(element) else { throw Disconnected() }
      return
    }
    guard queue.push(element) else { throw Disconnected() }
  }

  /// Whether one element can be emitted without waiting.
  ///
  /// - Throws: `Disconnected` when a receiving end is gone.
  func checkRoom() throws(Disconnected) -> Bool {
    for queue in queues where queue.isCancelled { throw Disconnected() }
    return queues.allSatisfy(\.hasRoom)
  }

  func attach(onRoom: @escaping @Sendable () -> Void) {
    for queue in queues {
      queue.addProducer()
      queue.observe(onRoom: onRoom)
    }
  }

  func close() { for queue in queues { queue.close() } }
}

/// The stage that would receive an element has stopped. Not a failure: the reason is elsewhere in the graph.
public struct Disconnected: Error {}
