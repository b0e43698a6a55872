// Random numbers that a seed reproduces.

/// - Source: Steele, Lea and Flood 2014, "Fast Splittable Pseudorandom Number Generators".
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Overwrites `bytes` with random ones, eight at a time.
  mutating func fill(_ bytes: UnsafeMutableRawBufferPointer) {
    var offset = 0
    while offset + 8 <= bytes.count {
      bytes.storeBytes(of: next(), toByteOffset: offset, as: UInt64.self)
      offset += 8
    }
    while offset < bytes.count {
      bytes[offset] = UInt8(truncatingIfNeeded: next())
      offset += 1
    }
  }
}
