// Fog, rain and glare on a picture of daylight.
import Foundation

/// Weather that lies between the camera and the scene.
enum Weather {
  /// Fog: what is at distance d keeps exp(−3.9 d / visibility) of its light; visibility 250 m down to 25 m.
  ///
  /// - Source: Koschmieder 1924, with the usual contrast limit of 2 %.
  static func fog(
    _ canvas: Canvas, _ view: SceneView, strength: Float, isNight: Bool, using random: inout SeededRandom
  ) {
    let visibility = 250 * pow(0.1, strength)
    let level = random.real(0.62...0.88) * (isNight ? 0.25 : 1)
    let tint = random.real(-0.02...0.03)
    var field = view.distance
    for i in field.values.indices { field.values[i] = 1 - exp(-3.9 * field.values[i] / visibility) }
    canvas.blend(SIMD3(level - tint, level, level + tint), by: field)
  }

  /// Rain: flat grey light, haze, and streaks of drops that fall past the lens.
  static func rain(
    _ canvas: Canvas, _ view: SceneView, strength: Float, isNight: Bool, using random: inout SeededRandom
  ) {
    let light: Float = isNight ? 0.25 : 1
    let (keep, grey) = (1 - 0.4 * strength, (0.08 + 0.08 * strength) * light)
    canvas.map { red, green, blue in
      let luma = red * 0.299 + green * 0.587 + blue * 0.114
      red = (luma + (red - luma) * 0.7) * keep + grey
      green = (luma + (green - luma) * 0.7) * keep + grey
      blue = (luma + (blue - luma) * 0.7) * keep + grey
    }
    var haze = view.distance
    let visibility = 350 - 200 * strength
    for i in haze.values.indices { haze.values[i] = 0.85 * (1 - exp(-3.9 * haze.values[i] / visibility)) }
    let level = random.real(0.5...0.7) * light
    canvas.blend(SIMD3(level, level, level * 1.02), by: haze)
    streaks(canvas, brightness: 0.25 + 0.57 * light, strength: strength, using: &random)
  }

  /// Slanted lines, all about the same way, nearer drops longer and brighter.
  private static func streaks(
    _ canvas: Canvas, brightness: Float, strength: Float, using random: inout SeededRandom
  ) {
    let slant = random.real(-0.35...0.35)
    let count = Int(Float(canvas.width * canvas.height) / 169_000 * (150 + 700 * strength))
    for _ in 0..<count {
      let nearness = random.real(0...1) * random.real(0...1)
      let length = Int(Float(canvas.height) * (0.02 + 0.1 * nearness))
      let alpha = random.real(0.06...0.2) + 0.2 * nearness * strength
      let (x, y) = (random.real(0...Float(canvas.width)), random.real(-20...Float(canvas.height)))
      streak(
        canvas, x: x, y: Int(y), length: length, slant: slant + random.real(-0.04...0.04), alpha: alpha,
        brightness: brightness)
    }
  }

  /// One streak, one to two pixels wide, fading at both ends.
  private static func streak(
    _ canvas: Canvas, x: Float, y: Int, length: Int, slant: Float, alpha: Float, brightness: Float
  ) {
    for step in 0..<max(1, length) {
      let row = y + step
      let place = x + slant * Float(step)
      let column = Int(place.rounded(.down))
      guard row >= 0, row < canvas.height, column >= 0, column + 1 < canvas.width else { continue }
      let middle = 1 - abs(2 * Float(step) / Float(max(1, length)) - 1)
      let (share, amount) = (place - Float(column), alpha * min(1, 2 * middle))
      for plane in 0..<3 {
        let line = canvas.row(plane, row)
        line[column] += (brightness - line[column]) * amount * (1 - share)
        line[column + 1] += (brightness - line[column + 1]) * amount * share
      }
    }
  }

  /// A low sun: a disc, its scattered light over the picture, and its shine on the road; the rest seems darker.
  static func glare(_ canvas: Canvas, _ view: SceneView, strength: Float, using random: inout SeededRandom) {
    let width = Float(canvas.width)
    let (sunX, sunY) = sun(canvas, view, using: &random)
    let dim = 1 - 0.3 * strength
    canvas.map { red, green, blue in
      red *= dim
      green *= dim
      blue *= dim
    }
    let (disc, halo, veil) = (0.025 * width, 0.11 * width, 0.45 * width)
    let field = SmoothField(canvas) { x, y in
      let r = ((x - sunX) * (x - sunX) + (y - sunY) * (y - sunY)).squareRoot()
      var light = exp(-pow(r / disc, 4)) + 0.7 * exp(-pow(r / halo, 2)) + 0.5 * exp(-r / veil)
      let isShining = y > view.horizon && view.isGround(canvas, Int(x), Int(y))
      if isShining { light += 0.35 * exp(-pow((x - sunX) / (0.03 * width + 0.15 * (y - view.horizon)), 2)) }
      return min(1, (0.4 + 0.6 * strength) * light)
    }
    let warmth = random.real(0...1)
    canvas.blend(SIMD3(1, 1 - 0.05 * warmth, 1 - 0.2 * warmth), by: field, factors: SIMD3(1, 0.97, 0.9))
  }

  /// A place in the sky, near the horizon; above the picture where the column drawn has no sky.
  private static func sun(
    _ canvas: Canvas, _ view: SceneView, using random: inout SeededRandom
  ) -> (x: Float, y: Float) {
    let (x, height) = (random.real(0...Float(canvas.width - 1)), Float(canvas.height))
    let above = random.real(0.02...0.3) * height
    guard view.classes.knowsGround else { return (x, view.horizon - above) }
    let sky = (0..<canvas.height).filter { view.classes.isSky(canvas.labels[$0 * canvas.width + Int(x)]) }
    guard let lowest = sky.last else { return (x, -above) }
    return (x, max(Float(sky[0]), Float(lowest) - above))
  }
}
