// Random numbers that are the same everywhere and can be drawn for any place or time without drawing those before.

/// A small generator, started from a seed and up to three coordinates.
///
/// - Source: Steele, Lea and Flood 2014, SplitMix64.
struct Dice {
  private var state: UInt64

  init(_ seed: UInt64, _ stream: Stream, _ first: Int = 0, _ second: Int = 0) {
    state = seed
    state = mix() ^ UInt64(stream.rawValue) &* 0x9E37_79B9_7F4A_7C15
    state = mix() ^ UInt64(bitPattern: Int64(first))
    state = mix() ^ UInt64(bitPattern: Int64(second)) &* 0xD1B5_4A32_D192_ED03
  }

  /// Continues from a value drawn with `bits()`.
  init(_ bits: UInt64) { state = bits }

  /// What the numbers are for, so that two uses never share a sequence.
  enum Stream: Int {
    case scene, block, lots, furniture, parked, people, traffic, crossing, sway, film, rain, noise
  }

  private mutating func mix() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// 64 random bits.
  mutating func bits() -> UInt64 { mix() }

  /// In 0..<1, a multiple of 2⁻²⁴.
  mutating func unit() -> Float { Float(mix() >> 40) * 0x1p-24 }

  /// In `low`..<`high`.
  mutating func range(_ low: Float, _ high: Float) -> Float { low + (high - low) * unit() }

  /// In 0..<`count`.
  mutating func below(_ count: Int) -> Int { Int(truncatingIfNeeded: ((mix() >> 32) * UInt64(count)) >> 32) }

  /// True in a share `probability` of the draws.
  mutating func chance(_ probability: Float) -> Bool { unit() < probability }

  /// One of a list.
  mutating func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }
}
