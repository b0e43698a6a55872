// Functions made of additions, products and quotients only, so that scenes have the same bits with every C library.

enum Curves {
  /// The sine of 2π·`turns`, within 2⁻²⁰.
  ///
  /// - Source: Taylor series about 0 to the ninth power, after folding into a quarter turn.
  static func sine(turns: Double) -> Double {
    var phase = turns - turns.rounded(.down)
    if phase > 0.75 { phase -= 1 } else if phase > 0.25 { phase = 0.5 - phase }
    let x = phase * 6.283185307179586
    let square = x * x
    return x * (1 - square / 6 * (1 - square / 20 * (1 - square / 42 * (1 - square / 72))))
  }

  static func cosine(turns: Double) -> Double { sine(turns: turns + 0.25) }

  /// How much of what is `depth` thick hides what is behind: near 1 − e⁻ᵈᵉᵖᵗʰ, 0 at 0.
  static func veil(_ depth: Float) -> Float {
    1 - 1 / (1 + depth * (1 + depth * (0.5 + depth * (0.16667 + depth * 0.041667))))
  }

  /// 0 below `low`, 1 above `high`, smooth between.
  static func step(_ low: Float, _ high: Float, _ x: Float) -> Float {
    let part = min(1, max(0, (x - low) / (high - low)))
    return part * part * (3 - 2 * part)
  }
}
