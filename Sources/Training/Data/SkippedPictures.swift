// Pictures that cannot be used, up to a limit.
import Synchronization

/// Remembers which pictures were left out, and ends the run when there are too many of them.
public final class SkippedPictures: Sendable {
  private struct State {
    var paths: Set<String> = []
    /// Those that nobody has asked for yet.
    var unreported: [(path: String, reason: String)] = []
  }

  /// The most pictures that may be left out.
  let limit: Int
  private let state = Mutex(State())

  /// - Parameter count: how many pictures there are in all; one in a hundred may be bad, and three in any case.
  public init(count: Int) { limit = max(3, count / 100) }

  /// How many pictures were left out.
  public var count: Int { state.withLock { $0.paths.count } }

  /// Leaves a picture out; the same one counts once.
  ///
  /// - Throws: the error itself when it is not about a single picture; `TrainingError.data` when it is one too many.
  func add(_ error: TrainingError) throws(TrainingError) {
    guard case .picture(let path, let reason) = error else { throw error }
    let count = state.withLock { state in
      if state.paths.insert(path).inserted { state.unreported.append((path, reason)) }
      return state.paths.count
    }
    guard count <= limit else {
      throw .data(path: path, reason: "\(reason); it is the \(count)th picture of no use, and \(limit) may be left out")
    }
  }

  /// Those left out since the last call.
  public func takeNew() -> [(path: String, reason: String)] {
    state.withLock { state in
      defer { state.unreported = [] }
      return state.unreported
    }
  }
}
