// Colours: as light while a scene is thought out, as packed bytes when it is drawn.

/// Red, green and blue, 0...1 for what a screen can show.
typealias Tint = SIMD3<Float>

extension SIMD3<Float> {
  /// A colour from 8-bit numbers.
  static func rgb(_ red: Float, _ green: Float, _ blue: Float) -> Tint { Tint(red, green, blue) / 255 }

  func mixed(with other: Tint, by share: Float) -> Tint { self + (other - self) * share }
}

/// A colour as it lies in a picture: R, G, B, 0 from the lowest byte up.
struct Ink: Hashable {
  var bits: UInt32

  @inline(__always)
  init(bits: UInt32) { self.bits = bits }

  /// The nearest colour that can be shown.
  init(_ tint: Tint) {
    let bytes = (tint * 255).clamped(lowerBound: Tint(repeating: 0), upperBound: Tint(repeating: 255))
    bits = UInt32(bytes.x) | UInt32(bytes.y) << 8 | UInt32(bytes.z) << 16
  }

  /// All components times `factor` / 256; at most 256.
  @inline(__always)
  func scaled(by factor: UInt32) -> Ink {
    let redBlue = (((bits & 0xFF00FF) &* factor) >> 8) & 0xFF00FF
    return Ink(bits: redBlue | (((bits & 0x00FF00) &* factor) >> 8) & 0x00FF00)
  }

  /// This colour with `share` / 256 of another over it.
  @inline(__always)
  func mixed(with other: Ink, by share: UInt32) -> Ink {
    Ink(bits: scaled(by: 256 &- share).bits &+ other.scaled(by: share).bits)
  }

  /// The sum, each component at most 255.
  @inline(__always)
  func adding(_ other: Ink) -> Ink {
    let low = (bits & 0x7F7F7F) &+ (other.bits & 0x7F7F7F)
    let carry = ((bits & other.bits) | ((bits | other.bits) & low)) & 0x808080
    let sum = low ^ ((bits ^ other.bits) & 0x808080)
    return Ink(bits: sum | ((carry &<< 1) &- (carry >> 7)))
  }
}
