// The way out of a stage.

/// Where a stage puts what it makes: a queue, or nothing at the end of the graph.
///
/// Belongs to one stage and is used on that stage's queue.
public final class Outlet<Element: Sendable>: StageExit, @unchecked Sendable {  // used on its stage's queue only
  private let queue: BoundedQueue<Element>?
  /// Time that the stage has spent waiting for room inside `emit`.
  private(set) var waited = Duration.zero

  /// - Parameter queue: nil swallows everything.
  public init(_ queue: BoundedQueue<Element>?) { self.queue = queue }

  /// Passes an element on. The graph calls a stage when there is room for one element; a stage that emits more for one
  /// input may wait here.
  ///
  /// - Throws: `Disconnected` when the receiving end is gone; the stage lets it through to the graph.
  public func emit(_ element: Element) throws(Disconnected) {
    guard let queue else { return }
    guard !queue.hasRoom else {
      guard queue.push(element) else { throw Disconnected() }
      return
    }
    let start = ContinuousClock.now
    defer { waited += .now - start }
    guard queue.push(element) else { throw Disconnected() }
  }

  func checkRoom() throws(Disconnected) -> Bool {
    guard let queue else { return true }
    if queue.isCancelled { throw Disconnected() }
    return queue.hasRoom
  }

  func attach(onRoom: @escaping @Sendable () -> Void) {
    queue?.addProducer()
    queue?.observe(onRoom: onRoom)
  }

  func close() { queue?.close() }

  var edge: (any GraphEdge)? { queue }
}

/// An outlet of whatever elements, as the graph sees it.
protocol StageExit: AnyObject {
  /// Whether one element can be emitted without waiting.
  ///
  /// - Throws: `Disconnected` when the receiving end is gone.
  func checkRoom() throws(Disconnected) -> Bool
  var waited: Duration { get }
  func attach(onRoom: @escaping @Sendable () -> Void)
  func close()
  var edge: (any GraphEdge)? { get }
}

extension [any StageExit] {
  func checkRoom() throws(Disconnected) -> Bool {
    for exit in self where try !exit.checkRoom() { return false }
    return true
  }

  var waited: Duration { reduce(.zero) { $0 + $1.waited } }
}

/// The stage that would receive an element has stopped. Not a failure: the reason is elsewhere in the graph.
///
/// A stage that wants no more input throws it itself: those before it stop, those after it drain and finish.
public struct Disconnected: Error {
  public init() {}
}
