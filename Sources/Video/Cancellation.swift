// Ending a wait from elsewhere.
import Synchronization

/// A flag that ends the opening and reading of a source once it is raised; safe to use from any thread.
public final class Cancellation: Sendable {
  private let flag = Atomic(false)

  public init() {}

  public func cancel() { flag.store(true, ordering: .relaxed) }
  public var isCancelled: Bool { flag.load(ordering: .relaxed) }
}
