// Random numbers that a seed determines.

/// SplitMix64: small, quick, equal on every machine, and its whole state is one number that a checkpoint can hold.
///
/// - Source: Steele, Lea and Flood 2014, fig. 17.
public struct SeededRandom: RandomNumberGenerator, Sendable {
  public private(set) var state: UInt64

  public init(seed: UInt64) { state = seed }

  /// An independent generator for item `index` of a stream.
  public init(seed: UInt64, index: UInt64) {
    var mixer = SeededRandom(seed: seed ^ (index &* 0xD134_2543_DE82_EF95))
    state = mixer.next()
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
