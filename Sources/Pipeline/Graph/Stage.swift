// What a node of the graph does.

/// A node without input: it makes elements until there are no more.
///
/// The graph calls it on one serial queue, one call at a time, whenever its outlet has room.
public protocol SourceStage<Output>: AnyObject {
  associatedtype Output: Sendable

  /// Makes the next elements and emits them.
  ///
  /// - Returns: false when there is nothing more to come.
  func produce(into outlet: Outlet<Output>) throws -> Bool

  /// Makes a `produce` that waits for the outside return soon; called from any thread when the graph is stopped.
  func interrupt()

  /// The last call, made exactly once however the graph ended.
  func close()
}

/// A node with an input: it turns each element into any number of others, or, at the end of the graph, into none.
///
/// The graph calls it on one serial queue, one call at a time, whenever its input has an element and its outlet has room.
public protocol Stage<Input, Output>: AnyObject {
  associatedtype Input: Sendable
  associatedtype Output: Sendable = Never

  func process(_ input: Input, into outlet: Outlet<Output>) throws

  /// Runs `step`, which takes the next element and processes it. A stage that has to wait for something shared waits here
  /// first, so that what it then takes is the newest there is.
  func inTurn<Result>(_ step: () throws -> Result) rethrows -> Result

  /// The input ended in order, or because a stage before this one failed: emits and writes what is still held back.
  func finish(into outlet: Outlet<Output>) throws

  /// The last call, made exactly once however the graph ended; after a failure of this stage or a cancelled graph it
  /// comes without `finish`.
  func close()
}

extension SourceStage {
  public func interrupt() {}
  public func close() {}
}

extension Stage {
  public func inTurn<Result>(_ step: () throws -> Result) rethrows -> Result { try step() }
  public func finish(into outlet: Outlet<Output>) throws {}
  public func close() {}
}

/// A source given by a function that returns the next element, or nil at the end.
public final class SourceFunction<Output: Sendable>: SourceStage {
  private let next: () throws -> Output?

  public init(_ next: @escaping () throws -> Output?) { self.next = next }

  public func produce(into outlet: Outlet<Output>) throws -> Bool {
    guard let element = try next() else { return false }
    try outlet.emit(element)
    return true
  }
}

/// A stage given by a function of one element.
public final class StageFunction<Input: Sendable, Output: Sendable>: Stage {
  private let body: (Input, Outlet<Output>) throws -> Void

  public init(_ body: @escaping (Input, Outlet<Output>) throws -> Void) { self.body = body }

  public func process(_ input: Input, into outlet: Outlet<Output>) throws { try body(input, outlet) }
}
