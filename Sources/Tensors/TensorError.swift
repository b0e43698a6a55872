// What can go wrong with tensors and kernels that is not a programming mistake.

/// The errors of this target.
public enum TensorError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The tier exists but this machine or this build cannot run it.
  case unsupportedTier(CPUTier, supported: [CPUTier])
  /// No tier has this name.
  case unknownTier(String)

  public var description: String {
    switch self {
    case .unsupportedTier(let tier, let supported):
      "this CPU cannot run kernels of tier \(tier); it can run \(supported.map(\.rawValue).joined(separator: ", "))"
    case .unknownTier(let name):
      "no CPU tier is called '\(name)'; tiers are \(CPUTier.allCases.map(\.rawValue).joined(separator: ", "))"
    }
  }
}
