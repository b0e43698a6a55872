// Exact ratios: time bases, frame rates, aspect ratios.

/// A ratio of two 32-bit integers, as FFmpeg's `AVRational`; never reduced behind the caller's back.
public struct Rational: Sendable, Hashable {
  public var num: Int32
  public var den: Int32

  public init(_ num: Int32, _ den: Int32) {
    self.num = num
    self.den = den
  }

  /// The quotient; 0 when the denominator is 0 (FFmpeg's "unknown").
  public var value: Double { den == 0 ? 0 : Double(num) / Double(den) }

  /// Whether the ratio is known and above zero.
  public var isPositive: Bool { num > 0 && den > 0 }

  /// The ratio turned over.
  public var inverse: Rational { Rational(den, num) }
}

extension Rational: CustomStringConvertible {
  public var description: String { "\(num)/\(den)" }
}
