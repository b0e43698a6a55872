// From the colour of a thing to the colour in the picture.

/// Which way a surface looks.
enum Facing {
  /// Up, left or right across the road, towards the camera, away from it, and nowhere in particular.
  case up, left, right, near, far, round
}

/// Light and air of a scene as the painters use them.
struct Light {
  let weather: Weather
  /// What distance fades to.
  let air: Tint
  let airInk: Ink
  private let facing: (up: Tint, left: Tint, right: Tint, near: Tint, far: Tint, round: Tint)

  init(_ weather: Weather) {
    self.weather = weather
    air = weather.skyLow
    airInk = Ink(weather.skyLow)
    let (sun, ambient) = (weather.sunlight, weather.ambient)
    let direction = weather.sun
    facing = (
      ambient + sun * max(0, direction.y), ambient * 0.84 + sun * max(0, -direction.x),
      ambient * 0.84 + sun * max(0, direction.x), ambient * 0.88 + sun * max(0, -direction.z),
      ambient * 0.88 + sun * max(0, direction.z), ambient * 0.86 + sun * 0.4
    )
  }

  private func light(on side: Facing) -> Tint {
    switch side {
    case .up: facing.up
    case .left: facing.left
    case .right: facing.right
    case .near: facing.near
    case .far: facing.far
    case .round: facing.round
    }
  }

  /// The part of a thing at distance `z` that the air hides, 0...256.
  func veil(_ z: Float) -> UInt32 { UInt32(Curves.veil(max(0, z) * weather.haze) * 256) }

  /// The colour of a surface in the light, before the air.
  func lit(_ tint: Tint, _ side: Facing, z: Float) -> Tint {
    let lamps = weather.night * (0.16 + 7 / (12 + max(0, z)))
    return tint * (light(on: side) + Tint(1, 0.9, 0.72) * lamps)
  }

  /// The colour of a surface at distance `z` metres.
  func ink(_ tint: Tint, _ side: Facing, z: Float) -> Ink {
    Ink(lit(tint, side, z: z)).mixed(with: airInk, by: veil(z))
  }

  /// The colour of something that shines by itself.
  func glowing(_ tint: Tint, z: Float) -> Ink { Ink(tint).mixed(with: airInk, by: veil(z) / 2) }
}
