// What the camera makes of the picture: a soft lens, exposure, vignette, rain in the air, noise.
import Frames

/// Turns a painted canvas into the pixels of a frame.
final class Film {
  private let canvas: Canvas
  /// u8 `[3, 256]`: exposure, contrast and white balance of red, green and blue.
  private let curves: UnsafeMutablePointer<UInt8>
  /// How much light the lens loses in each column, 0...256.
  private let fall: UnsafeMutablePointer<UInt32>
  private var vignette: Float = 0
  private var noise: UInt32 = 0
  private var softness: UInt32 = 0
  private var rain: Float = 0
  private var loaded: UInt64?

  init(canvas: Canvas) {
    self.canvas = canvas
    curves = .allocate(capacity: 768)
    fall = .allocate(capacity: canvas.width)
    curves.initialize(repeating: 0, count: 768)
    fall.initialize(repeating: 256, count: canvas.width)
  }

  deinit {
    curves.deallocate()
    fall.deallocate()
  }

  /// Chooses the camera that goes with a scene.
  func load(_ scene: Scene) {
    guard loaded != scene.seed else { return }
    loaded = scene.seed
    var dice = Dice(scene.seed, .film)
    let (exposure, contrast) = (dice.range(0.88, 1.2), dice.range(-0.1, 0.45))
    let balance = Tint(dice.range(0.94, 1.06), 1, dice.range(0.92, 1.08))
    for channel in 0..<3 {
      for value in 0..<256 {
        let light = min(1, Float(value) / 255 * exposure * balance[channel])
        let curved = light + contrast * (light * light * (3 - 2 * light) - light)
        curves[channel << 8 | value] = UInt8(curved * 255)
      }
    }
    vignette = dice.range(0, 0.3)
    noise = UInt32(dice.range(2, 11) + 9 * scene.weather.night)
    softness = UInt32(dice.range(24, 64))
    rain = scene.weather.rain
    for x in 0..<canvas.width {
      let across = (Float(x) + 0.5) / Float(canvas.width) * 2 - 1
      fall[x] = UInt32(256 * (1 - vignette * 0.6 * across * across))
    }
  }

  /// Writes a frame, `rgb24` or `rgb0`, of the canvas's size.
  func develop(into frame: Frame, scene: Scene, index: Int) {
    load(scene)
    var dice = Dice(scene.seed, .rain, index)
    if rain > 0 { paintRain(&dice) }
    let plane = frame.planes[0]
    let bytes = frame.format.bytesPerSample
    for y in 0..<canvas.height {
      let up = (Float(y) + 0.5) / Float(canvas.height) * 2 - 1
      let gain = UInt32(256 * (1 - vignette * 0.4 * up * up))
      row(y, into: plane.row(y), bytes: bytes, gain: gain, noise: UInt32(truncatingIfNeeded: dice.bits()))
    }
  }

  @inline(__always)
  private func row(_ y: Int, into out: UnsafeMutablePointer<UInt8>, bytes: Int, gain: UInt32, noise phase: UInt32) {
    let line = canvas.inks + y * canvas.stride
    let above = canvas.inks + max(0, y - 1) * canvas.stride
    let below = canvas.inks + min(canvas.height - 1, y + 1) * canvas.stride
    let last = canvas.width - 1
    let tile = NoiseTile.grain
    var target = out
    for x in 0...last {
      let cross = average(average(line[max(0, x - 1)], line[min(last, x + 1)]), average(above[x], below[x]))
      let ink = Ink(bits: line[x]).mixed(with: Ink(bits: cross), by: softness * 2)
      let bits = ink.scaled(by: (gain &* fall[x]) >> 8).bits
      let hash = (UInt32(truncatingIfNeeded: x) &+ phase) &* 0x9E37_79B1
      let grain = Int32(tile.texel(hash >> 24, hash >> 16)) - 128
      let shift = (grain &* Int32(bitPattern: noise)) >> 7
      target[0] = exposed(Int32(curves[Int(bits & 255)]) &+ shift)
      target[1] = exposed(Int32(curves[256 | Int(bits >> 8 & 255)]) &+ shift)
      target[2] = exposed(Int32(curves[512 | Int(bits >> 16 & 255)]) &+ shift)
      if bytes == 4 { target[3] = 0 }
      target += bytes
    }
  }

  @inline(__always)
  private func exposed(_ value: Int32) -> UInt8 { UInt8(truncatingIfNeeded: min(255, max(0, value))) }

  /// The mean of two packed colours.
  @inline(__always)
  private func average(_ a: UInt32, _ b: UInt32) -> UInt32 { (a & b) &+ (((a ^ b) & 0xFEFEFE) >> 1) }

  /// Bright slanted streaks; labels stay.
  private func paintRain(_ dice: inout Dice) {
    let count = Int(rain * 0.0009 * Float(canvas.width * canvas.height))
    let unit = Float(canvas.height) / 360
    for _ in 0..<count {
      var (x, y) = (dice.range(0, Float(canvas.width)), dice.range(-20, Float(canvas.height)))
      let (length, strength) = (Int(dice.range(4, 16) * unit), UInt32(dice.range(14, 52)))
      for _ in 0..<length {
        if x >= 0, y >= 0, Int(x) < canvas.width, Int(y) < canvas.height {
          let place = Int(y) * canvas.stride + Int(x)
          canvas.inks[place] = Ink(bits: canvas.inks[place]).mixed(with: Ink(bits: 0xDAD6D2), by: strength).bits
        }
        x += 0.16
        y += 1
      }
    }
  }
}
