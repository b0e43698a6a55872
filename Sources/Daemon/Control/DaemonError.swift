// What can go wrong in the daemon, each case with what the user needs to act on.

/// An error of the daemon; its description is one line.
public enum DaemonError: Error, Sendable, Hashable {
  /// There is no stream of this name; `nearest` is one that resembles it.
  case noStream(String, nearest: String?)
  /// There is a stream of this name already.
  case exists(String)
  /// A setting cannot be: `place` is a file and line, an environment variable, or "request".
  case invalid(place: String, reason: String)
  /// The stream's state does not allow what was asked.
  case conflict(String)
  /// The address cannot be listened on.
  case cannotListen(address: String, cause: String)
}

extension DaemonError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noStream(let name, let nearest):
      "there is no stream '\(name)'" + (nearest.map { "; did you mean '\($0)'?" } ?? "")
    case .exists(let name): "there is a stream '\(name)' already; change it with PATCH"
    case .invalid(let place, let reason): "\(place): \(reason)"
    case .conflict(let reason): reason
    case .cannotListen(let address, let cause): "cannot listen on \(address): \(cause)"
    }
  }
}
