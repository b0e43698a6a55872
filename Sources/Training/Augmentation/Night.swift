// Darkness with headlights.
import Foundation

/// Turns daylight into night, by rough guesses: squares of samples stand for light, and the brightness of things for how
/// much of it they reflect.
enum Night {
  /// - Returns: how much noise the sensor adds in the dark, as a standard deviation.
  static func fall(_ canvas: Canvas, _ view: SceneView, strength: Float, using random: inout SeededRandom) -> Float {
    let ambient = 0.14 * pow(0.12, strength) + 0.004
    let isTown = random.happens(0.5)
    let cast = isTown ? SIMD3<Float>(1.15, 0.95, 0.7) : SIMD3<Float>(0.85, 0.95, 1.15)
    let light = lightField(canvas, view, ambient: ambient, using: &random)
    canvas.map { red, green, blue in
      red *= red
      green *= green
      blue *= blue
    }
    canvas.multiply(by: light, factors: cast)
    canvas.map { red, green, blue in
      red = root(red)
      green = root(green)
      blue = root(blue)
    }
    lamps(canvas, view, using: &random)
    return 0.012 + 0.03 * strength * random.real(0...1)
  }

  @inline(__always)
  private static func root(_ value: Lanes) -> Lanes {
    value.replacing(with: 0, where: value .< 0).squareRoot()
  }

  /// Light by place: little from the sky's glow, none on the sky itself, and the cone of the own headlights on what is
  /// near and low.
  private static func lightField(
    _ canvas: Canvas, _ view: SceneView, ambient: Float, using random: inout SeededRandom
  ) -> SmoothField {
    let (power, reach) = (random.real(0.5...1.1), random.real(14...30))
    let (middle, width) = (Float(canvas.width) * random.real(0.42...0.58), Float(canvas.width))
    var field = view.distance
    for row in 0..<field.rows {
      for column in 0..<field.columns {
        let at = row * field.columns + column
        let (distance, x, y) = (field.values[at], Float(column * 4), Float(row * 4))
        let isSky = distance >= 0.7 * SceneView.farthest
        let side = (x - middle) / (width * (0.16 + 1.2 / max(4, distance)))
        let above = min(1, exp((y - view.horizon) / (0.07 * Float(canvas.height))))
        let fall = 1 / (1 + pow(distance / reach, 2))
        let beam = power * exp(-side * side) * above * fall
        field.values[at] = isSky ? 0.08 * ambient : ambient * (0.4 + 0.6 / (1 + distance / 40)) + beam
      }
    }
    return field
  }

  /// Lights of vehicles and streets, each with a glow.
  private static func lamps(_ canvas: Canvas, _ view: SceneView, using random: inout SeededRandom) {
    let (width, height) = (Float(canvas.width), Float(canvas.height))
    for _ in 0..<Int.random(in: 2...9, using: &random) {
      let (x, y) = (random.real(0...width - 1), random.real(0...height - 1))
      let label = canvas.labels[Int(y) * canvas.width + Int(x)]
      let isVehicle = view.classes.isVehicle(label)
      // Streets' lamps hang above the horizon; lights low in the picture are those of vehicles.
      guard isVehicle || (y < view.horizon && y > view.horizon - 0.4 * height) else { continue }
      let isRed = isVehicle && random.happens(0.6)
      let color = isRed ? SIMD3<Float>(1, 0.12, 0.08) : SIMD3(1, random.real(0.8...0.97), random.real(0.55...0.95))
      glow(canvas, x: Int(x), y: Int(y), radius: random.real(0.9...2.6) * width / 480, color: color)
    }
  }

  private static func glow(_ canvas: Canvas, x: Int, y: Int, radius: Float, color: SIMD3<Float>) {
    let reach = Int(8 * radius) + 1
    for row in max(0, y - reach)..<min(canvas.height, y + reach + 1) {
      for column in max(0, x - reach)..<min(canvas.width, x + reach + 1) {
        let square = Float((column - x) * (column - x) + (row - y) * (row - y)) / (radius * radius)
        let light = exp(-square / 2) * 1.3 + 0.22 * exp(-square / 16)
        for plane in 0..<3 {
          let line = canvas.row(plane, row)
          line[column] = min(1, line[column] + light * (color[plane] + (light > 0.9 ? 0.3 : 0)))
        }
      }
    }
  }
}
