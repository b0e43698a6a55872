// What can go wrong in the session itself.

/// An error of a session's own; its description is one line. Errors of media and model pass through as they are.
public enum PipelineError: Error, Sendable, Hashable {
  /// A file or folder for masks or records cannot be made or written.
  case cannotWrite(String, cause: String)
  /// A file for masks or records exists and may not be overwritten.
  case exists(String)
}

extension PipelineError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .cannotWrite(let path, let cause): "cannot write \(path): \(cause)"
    case .exists(let path): "\(path) exists; choose another name or allow overwriting"
    }
  }
}

extension GraphFailure: CustomStringConvertible {
  public var description: String { "\(error)" }
}
