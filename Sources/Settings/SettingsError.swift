// What can be wrong with settings.

/// An error of settings; its description is one line, or one for each problem.
public enum SettingsError: Error, Sendable, Hashable {
  /// A setting is out of its range or contradicts another; `name` is its key, `fog.probability` for one of a part within.
  case setting(name: String, reason: String)
  /// Settings that cannot be read, or a key of them; `place` is `FILE:LINE`, an option, an environment variable, or
  /// "request".
  case invalid(place: String, reason: String)
  /// More than one of them.
  case several([SettingsError])

  /// - Returns: nil for no problem.
  public init?(_ problems: [SettingsError]) {
    guard let first = problems.first else { return nil }
    self = problems.count == 1 ? first : .several(problems)
  }

  /// The problems one by one.
  public var problems: [SettingsError] {
    if case .several(let all) = self { all.flatMap(\.problems) } else { [self] }
  }
}

extension SettingsError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .setting(let name, let reason): "\(name) \(reason)"
    case .invalid(let place, let reason): "\(place): \(reason)"
    case .several(let all): all.map(\.description).joined(separator: "\n")
    }
  }
}
