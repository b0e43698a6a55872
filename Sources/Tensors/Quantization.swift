// How u8 stands for real numbers.

/// An affine map between u8 and real values: `real = scale × (q − zeroPoint)`.
///
/// - Source: Jacob et al. 2018, eq. 1.
public struct Quantization: Hashable, Sendable, Codable {
  public var scale: Float
  public var zeroPoint: UInt8

  public init(scale: Float, zeroPoint: UInt8 = 0) {
    precondition(scale > 0 && scale.isFinite, "a scale must be positive and finite, not \(scale)")
    self.scale = scale
    self.zeroPoint = zeroPoint
  }

  /// The nearest code, ties to even, clamped to 0...255.
  public func quantize(_ real: Float) -> UInt8 {
    let code = (real / scale).rounded(.toNearestOrEven) + Float(zeroPoint)
    return UInt8(min(max(code, 0), 255))
  }

  public func dequantize(_ code: UInt8) -> Float { scale * Float(Int(code) - Int(zeroPoint)) }
}
