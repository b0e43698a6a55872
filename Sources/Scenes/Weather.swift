// Light and weather of a scene.

/// Where the light comes from and what is in the air; shares are 0...1.
struct Weather: Sendable {
  /// 1 at night.
  let night: Float
  /// How much the clouds hide the sun, and how much of the sky they cover.
  let overcast, clouds: Float
  /// Share of the light lost over a metre.
  let haze: Float
  let rain, wetness: Float
  /// Direction to the sun: right, up, ahead; of length 1.
  let sun: SIMD3<Float>
  let skyTop, skyLow: Tint
  /// Light from the sun and from everywhere.
  let sunlight, ambient: Tint

  init(dice: inout Dice) {
    let roll = dice.unit()
    let isNight = roll > 0.9
    let isDusk = roll > 0.8 && !isNight
    night = isNight ? 1 : isDusk ? 0.35 : 0
    overcast = dice.chance(0.55) ? dice.range(0, 0.25) : dice.range(0.5, 1)
    clouds = max(overcast, dice.range(0, 0.7))
    let rains = overcast > 0.6 && dice.chance(0.35)
    rain = rains ? dice.range(0.3, 1) : 0
    wetness = rains ? dice.range(0.5, 1) : dice.chance(0.1) ? dice.range(0.3, 0.7) : 0
    haze = dice.chance(0.12) ? dice.range(0.008, 0.022) : dice.range(0.0008, 0.004) + rain * 0.004
    let up = isDusk ? dice.range(0.1, 0.25) : dice.range(0.35, 0.9)
    let turn = Double(dice.unit())
    let flat = (1 - up * up).squareRoot()
    sun = SIMD3(flat * Float(Curves.sine(turns: turn)), up, flat * Float(Curves.cosine(turns: turn)))
    let low = 1 - Curves.step(0.15, 0.6, up)
    let day = Self.sky(overcast: overcast, low: low, tone: dice.unit())
    skyTop = day.top.mixed(with: Tint(0.03, 0.04, 0.09), by: isNight ? 1 : isDusk ? 0.35 : 0)
    skyLow = day.horizon.mixed(with: Tint(0.13, 0.11, 0.12), by: isNight ? 1 : isDusk ? 0.15 : 0)
    sunlight = Tint(1, 0.95 - low * 0.22, 0.86 - low * 0.42) * (0.72 * (1 - overcast) * (1 - night))
    ambient = Tint(0.6, 0.62, 0.66).mixed(with: Tint(0.84, 0.85, 0.86), by: overcast) * (1 - 0.84 * night)
  }

  private static func sky(overcast: Float, low: Float, tone: Float) -> (top: Tint, horizon: Tint) {
    let top = Tint.rgb(74, 128, 196).mixed(with: .rgb(112, 160, 214), by: tone)
    let horizon = Tint.rgb(200, 218, 234).mixed(with: .rgb(246, 206, 160), by: low)
    return (
      top.mixed(with: .rgb(176, 181, 187), by: overcast), horizon.mixed(with: .rgb(208, 211, 214), by: overcast)
    )
  }

  /// How sharp shadows are; 0 for none.
  var shadow: Float { (1 - overcast) * (1 - night) * 0.55 }
}
