// The CPU levels that kernels are written for.
import CKernels

/// A level of CPU that has its own set of kernels; all of them give the same bytes.
public enum CPUTier: String, CaseIterable, Hashable, Sendable, CustomStringConvertible {
  /// Plain C: the reference, always there.
  case c
  case avx2
  /// AVX2 with the dot product instruction in its VEX form: small cores and desktops without AVX-512.
  case avxvnni
  case avx512vnni
  /// Arm with the dot product extension.
  case neon

  /// - Throws: `TensorError.unknownTier` when `name` is none of the cases.
  public init(named name: String) throws(TensorError) {
    guard let tier = CPUTier(rawValue: name.lowercased()) else { throw .unknownTier(name) }
    self = tier
  }

  /// Whether this build has the tier and this CPU and operating system can run it.
  public var isSupported: Bool { ck_table_for(identifier) != nil }

  /// The tiers that run here, slowest first; `c` is always one of them.
  public static var supported: [CPUTier] { allCases.filter(\.isSupported) }

  /// The fastest tier that runs here.
  public static var best: CPUTier { supported.last ?? .c }

  public var description: String { rawValue }

  var identifier: ck_tier {
    switch self {
    case .c: CK_TIER_C
    case .avx2: CK_TIER_AVX2
    case .avxvnni: CK_TIER_AVXVNNI
    case .avx512vnni: CK_TIER_AVX512VNNI
    case .neon: CK_TIER_NEON
    }
  }
}
