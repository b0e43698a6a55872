// Colours of classes, and colours as a frame's own numbers.

/// A colour as 8-bit full-range R, G, B.
public struct RGB: Sendable, Hashable, Codable {
  public var red, green, blue: UInt8

  public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  /// The samples that show this colour in a frame of the given format and colour description, one per plane.
  ///
  /// - Source: ITU-T H.273 §8.3, equations 11 to 76, for non-constant luminance.
  public func samples(format: PixelFormat, color: ColorDescription) -> [UInt16] {
    let peak = Double((1 << format.bitDepth) - 1)
    let (r, g, b) = (Double(red) / 255, Double(green) / 255, Double(blue) / 255)
    guard format.isYUV else {
      return (format == .gbrp || format == .gbrp10 ? [g, b, r] : [r, g, b]).map { UInt16(($0 * peak).rounded()) }
    }
    let weights = color.lumaWeights
    let luma = weights.red * r + (1 - weights.red - weights.blue) * g + weights.blue * b
    let chroma = [(b - luma) / (2 * (1 - weights.blue)), (r - luma) / (2 * (1 - weights.red))]
    let unit = Double(1 << (format.bitDepth - 8))
    if color.range == .full {
      return [UInt16((luma * peak).rounded())] + chroma.map { UInt16(min(peak, ($0 * peak + 128 * unit).rounded())) }
    }
    return [UInt16(((219 * luma + 16) * unit).rounded())] + chroma.map { UInt16(((224 * $0 + 128) * unit).rounded()) }
  }
}

/// The colours of a model's classes, by index.
public struct Palette: Sendable, Hashable {
  public var colors: [RGB]

  public init(_ colors: [RGB]) { self.colors = colors }

  /// The colour of class `label`; black beyond the list.
  public subscript(label: Int) -> RGB { label < colors.count ? colors[label] : RGB(0, 0, 0) }
}
