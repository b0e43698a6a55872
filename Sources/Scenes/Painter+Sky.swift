// Sky, clouds, sun, and what closes the view at the end of the street.

extension Painter {
  func paintSky() {
    let bottom = min(canvas.height, max(0, Canvas.pixel(view.horizon) + canvas.height / 16 + 1))
    let weather = light.weather
    let cover = UInt32(weather.clouds * 256)
    for y in 0..<max(bottom, view.firstGroundRow) {
      let up = max(0.004, (view.horizon - Float(y) - 0.5) / view.focal)
      let tint = weather.skyLow.mixed(with: weather.skyTop, by: Curves.step(-0.05, 0.5, up))
      canvas.span(y, 0..<canvas.width, Ink(tint), .sky)
      if up > 0.02 { paintClouds(y, up: up, cover: cover, sky: tint) }
    }
    if weather.overcast < 0.6, weather.night < 1 { paintSun() }
  }

  /// Clouds on a level plane high above, so that they grow smaller towards the horizon.
  private func paintClouds(_ y: Int, up: Float, cover: UInt32, sky: Tint) {
    guard cover > 8 else { return }
    let weather = light.weather
    let bright = sky.mixed(
      with: Tint(0.97, 0.97, 0.98).mixed(with: Tint(0.66, 0.67, 0.7), by: weather.overcast), by: 0.85)
    let ink = Ink(weather.night > 0.5 ? sky * 1.3 : bright)
    let distance = 1 / (up + 0.06)
    let step = fixed(distance * 40 / view.focal * 65536)
    let drift = Float(time) * 0.25
    var u = fixed((drift - view.centerX * distance * 40 / view.focal + Float(scene.seed & 255)) * 65536)
    let v = fixed(distance * 26 + drift)
    let row = canvas.inks + y * canvas.stride
    let tile = NoiseTile.cloud
    let threshold = 208 &- min(180, cover * 3 / 4)
    let thin = UInt32(256 * Curves.step(0.02, 0.12, up))
    for x in 0..<canvas.width {
      let density = tile.texel(u >> 16, v)
      if density > threshold {
        let share = (min(224, (density &- threshold) &* 4) &* thin) >> 8
        row[x] = Ink(bits: row[x]).mixed(with: ink, by: share).bits
      }
      u = u &+ step
    }
  }

  private func paintSun() {
    let sun = light.weather.sun
    guard sun.z > 0.15 else { return }
    let center = SIMD2(view.centerX + view.focal * sun.x / sun.z, view.horizon - view.focal * sun.y / sun.z)
    glow(center, radius: view.focal * 0.35, light.weather.sunlight * 0.7)
    glow(center, radius: view.focal * 0.06, Tint(repeating: 1))
  }

  /// Adds light around a place, fading to nothing at `radius` pixels.
  func glow(_ center: SIMD2<Float>, radius: Float, _ tint: Tint) {
    guard radius > 0.5 else { return }
    let ink = Ink(tint)
    let columns = canvas.columns(center.x - radius, center.x + radius)
    for y in canvas.rows(center.y - radius, center.y + radius) {
      let row = canvas.inks + y * canvas.stride
      let dy = (Float(y) + 0.5 - center.y) / radius
      for x in columns {
        let dx = (Float(x) + 0.5 - center.x) / radius
        let rest = 1 - dx * dx - dy * dy
        guard rest > 0 else { continue }
        row[x] = Ink(bits: row[x]).adding(ink.scaled(by: UInt32(rest * rest * 256))).bits
      }
    }
  }

  /// Hills, woods or roofs along the horizon, in the colour of the air.
  func paintBackdrop() {
    let isTown = scene.district == .city || scene.district == .town
    let tint = isTown ? Tint(0.42, 0.42, 0.44) : Tint(0.2, 0.3, 0.16)
    let ink = light.ink(tint, .near, z: 220).mixed(with: light.airInk, by: 110)
    let tile = NoiseTile.cloud
    let far = View.reach
    let base = view.project(far, 0, 0)
    let bottom = max(Float(view.firstGroundRow), base.y + 1)
    let turn = Float(scene.road.course(at: view.travelled).direction) * view.focal
    let height = view.focal * (isTown ? 0.07 : 0.06)
    for x in 0..<canvas.width {
      let place = (Float(x) - view.centerX + turn) / view.focal * 220 + 4096
      let column = isTown ? (place / 7).rounded(.down) * 7 : place
      let top = bottom - height * (0.25 + Float(tile.texel(UInt32(column), UInt32(scene.seed & 63))) / 255)
      for y in canvas.rows(top, bottom) {
        canvas.inks[y * canvas.stride + x] = ink.bits
        canvas.labels[y * canvas.width + x] = (isTown ? SceneClass.building : .vegetation).rawValue
      }
    }
  }
}
