// Clumps of leaves.

extension Canvas {
  /// A round clump with a ragged, holed edge, lighter towards the light.
  ///
  /// - Parameters:
  ///   - center: its middle in pixels; `radius` its half width and half height.
  ///   - phase: where in the noise it begins, so that no two look alike and none changes while it comes nearer.
  ///   - lean: which way the light comes from, −1 left … 1 right.
  func clump(
    _ center: SIMD2<Float>, radius: SIMD2<Float>, _ ink: Ink, _ label: SceneClass, phase: UInt32, lean: Float
  ) {
    guard radius.x > 0.4, radius.y > 0.4 else { return }
    let (tile, grain) = (NoiseTile.cloud, NoiseTile.grain)
    let step = 90 / radius
    let stepU = UInt32(min(1e9, step.x * 65536 * 0.5))
    for y in rows(center.y - radius.y, center.y + radius.y) {
      let dy = (Float(y) + 0.5 - center.y) / radius.y
      let half = radius.x * max(0, 1 - dy * dy).squareRoot()
      let columns = columns(center.x - half, center.x + half)
      let v = UInt32((dy + 1) * 45) &+ (phase >> 8)
      var u = UInt32(
        Float(columns.lowerBound) - (center.x - radius.x) > 0
          ? (Float(columns.lowerBound) - center.x + radius.x) * step.x * 32768 : 0)
      let (inkRow, labelRow) = (inks + y * stride, labels + y * width)
      for x in columns {
        let dx = (Float(x) + 0.5 - center.x) / radius.x
        let noise = tile.texel((u >> 16) &+ phase, v)
        u = u &+ stepU
        let depth = 1 - dx * dx - dy * dy
        guard depth * 300 > Float(noise) else { continue }
        let leaf = grain.texel((u >> 14) &+ phase, v &* 3)
        let shine = 118 + Float(noise) * 0.38 + Float(leaf) * 0.28 - dy * 34 + dx * lean * 30
        inkRow[x] = ink.scaled(by: UInt32(min(256, max(40, shine)))).bits
        labelRow[x] = label.rawValue
      }
    }
  }
}
