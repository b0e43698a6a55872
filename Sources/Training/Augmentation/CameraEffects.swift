// What lenses and sensors do to a picture.
import Foundation

/// A picture out of focus or shaken: weighted sums of shifted copies.
enum Blur {
  /// A shift in pixels and its weight.
  typealias Tap = (x: Int, y: Int, weight: Float)

  /// Gaussian, of 0.4 to 2.2 pixels of standard deviation.
  static func defocus(_ canvas: Canvas, strength: Float) {
    let deviation = 0.4 + 1.8 * strength
    let reach = min(6, Int((2.5 * deviation).rounded(.up)))
    let weights = (-reach...reach).map { exp(-Float($0 * $0) / (2 * deviation * deviation)) }
    let sum = weights.reduce(0, +)
    apply(zip(-reach...reach, weights).map { ($0, 0, $1 / sum) }, to: canvas)
    apply(zip(-reach...reach, weights).map { (0, $0, $1 / sum) }, to: canvas)
  }

  /// Along a line of 3 to 17 pixels: mostly level, as roads shake cameras less than turns move the view.
  static func motion(_ canvas: Canvas, strength: Float, using random: inout SeededRandom) {
    let length = 3 + 14 * strength
    let angle = random.real(-0.5...0.5)
    let count = max(3, min(9, Int(length)))
    let taps: [Tap] = (0..<count).map { i in
      let place = (Float(i) / Float(count - 1) - 0.5) * length
      return (Int((place * cos(angle)).rounded()), Int((place * sin(angle)).rounded()), 1 / Float(count))
    }
    apply(taps, to: canvas)
  }

  /// Replaces each plane by the sum of its taps; rows beyond the picture repeat its edge.
  private static func apply(_ taps: [Tap], to canvas: Canvas) {
    for plane in 0..<3 {
      canvas.extendRows(plane)
      for y in 0..<canvas.height {
        let target = lanes(canvas.spareRow(y))
        for i in 0..<canvas.groups { target[i] = .zero }
        for tap in taps {
          let row = canvas.row(plane, max(0, min(canvas.height - 1, y + tap.y))) + tap.x
          let source = UnsafeRawPointer(row)
          for i in 0..<canvas.groups {
            target[i] += source.loadUnaligned(fromByteOffset: 32 * i, as: Lanes.self) * tap.weight
          }
        }
      }
      canvas.exchangeSpare(with: plane)
    }
  }
}

/// Another camera's colours: saturation, hue, white balance, gamma, contrast and brightness.
struct ColorChange {
  /// New red, green and blue by old ones, row by row.
  private let matrix: [Float]
  /// By channel: the new value of each of `steps` + 1 values.
  private let curves: [[Float]]
  private static let steps = 1023

  init(_ recipe: Augmentation, using random: inout SeededRandom) {
    let saturation = random.factor(recipe.saturation)
    let angle = Double.random(in: -1...1, using: &random) * recipe.hue * .pi / 180
    matrix = ColorChange.matrix(saturation: saturation, angle: angle)
    let (gamma, contrast) = (random.factor(recipe.gamma), random.factor(recipe.contrast))
    let brightness = Double.random(in: -1...1, using: &random) * recipe.brightness
    curves = (0..<3).map { _ in
      let gain = random.factor(recipe.channelGain)
      return (0...ColorChange.steps).map { step in
        let value = pow(Double(step) / Double(ColorChange.steps), gamma) * gain
        return Float(min(1, max(0, (value - 0.5) * contrast + 0.5 + brightness)))
      }
    }
  }

  /// Chroma about the luma of BT.601 scaled, and turned about the grey axis (Rodrigues' formula).
  private static func matrix(saturation: Double, angle: Double) -> [Float] {
    let luma = [0.299, 0.587, 0.114]
    let (cosine, sine) = (cos(angle), sin(angle) / 3.0.squareRoot())
    let third = (1 - cosine) / 3
    func turn(_ i: Int, _ j: Int) -> Double {
      i == j ? cosine + third : third + ((j - i + 3) % 3 == 1 ? -sine : sine)
    }
    func scale(_ i: Int, _ j: Int) -> Double { (i == j ? saturation : 0) + (1 - saturation) * luma[j] }
    return (0..<9).map { place in
      Float((0..<3).reduce(0.0) { $0 + turn(place / 3, $1) * scale($1, place % 3) })
    }
  }

  func apply(to canvas: Canvas) {
    let m = matrix
    canvas.map { red, green, blue in
      let (r, g, b) = (red, green, blue)
      red = r * m[0] + g * m[1] + b * m[2]
      green = r * m[3] + g * m[4] + b * m[5]
      blue = r * m[6] + g * m[7] + b * m[8]
    }
    for plane in 0..<3 {
      curves[plane].withUnsafeBufferPointer { curve in
        for y in 0..<canvas.height {
          ColorChange.follow(curve.baseAddress!, lanes(canvas.row(plane, y)), canvas.groups)
        }
      }
    }
  }

  private static func follow(_ curve: UnsafePointer<Float>, _ line: UnsafeMutablePointer<Lanes>, _ groups: Int) {
    for i in 0..<groups {
      let bounded = line[i].clamped(lowerBound: .zero, upperBound: .one)
      // Adding 2²³ leaves the rounded number in the low bits.
      let places = unsafeBitCast(bounded * Float(steps) + 8_388_608, to: SIMD8<UInt32>.self) & 1023
      for lane in 0..<8 { line[i][lane] = curve[Int(places[lane])] }
    }
  }
}

/// Noise of a sensor, about normal.
enum Noise {
  /// Normal numbers that rows of noise are cut out of.
  private static let table: [Float] = {
    var random = SeededRandom(seed: 0x4E01)
    return (0..<(1 << 15)).map { _ in
      let (u, v) = (Float.random(in: 1e-7..<1, using: &random), Float.random(in: 0..<1, using: &random))
      return (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
    }
  }()

  /// Adds noise of a standard deviation, as a share of full scale.
  static func add(_ deviation: Float, to canvas: Canvas, using random: inout SeededRandom) {
    let room = max(1, table.count - 8 * canvas.groups)
    table.withUnsafeBytes { numbers in
      for y in 0..<canvas.height {
        let bits = random.next()
        for plane in 0..<3 {
          let start = 4 * (Int((bits >> UInt64(21 * plane)) & 0x1F_FFFF) % room)
          let line = lanes(canvas.row(plane, y))
          for i in 0..<canvas.groups {
            line[i] += numbers.loadUnaligned(fromByteOffset: start + 32 * i, as: Lanes.self) * deviation
          }
        }
      }
    }
  }
}
