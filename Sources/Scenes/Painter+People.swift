// People who walk and people who ride.

extension Painter {
  private static let clothes: [Tint] = [
    .rgb(40, 44, 60), .rgb(30, 30, 34), .rgb(150, 40, 44), .rgb(60, 90, 140), .rgb(190, 186, 178), .rgb(96, 100, 84),
    .rgb(206, 160, 60), .rgb(110, 70, 110), .rgb(70, 120, 110), .rgb(220, 220, 222), .rgb(120, 88, 64),
  ]
  private static let trousers: [Tint] = [
    .rgb(36, 44, 70), .rgb(28, 28, 32), .rgb(90, 84, 74), .rgb(130, 120, 100), .rgb(60, 62, 68),
  ]
  private static let skins: [Tint] = [.rgb(224, 182, 152), .rgb(196, 150, 116), .rgb(142, 100, 72), .rgb(92, 64, 48)]

  /// A limb between two points in metres from the foot.
  private func limb(
    _ foot: SIMD2<Float>, _ scale: Float, _ a: SIMD2<Float>, _ b: SIMD2<Float>, _ width: Float, _ ink: Ink,
    _ label: SceneClass
  ) {
    let (p, q) = (foot + SIMD2(a.x, -a.y) * scale, foot + SIMD2(b.x, -b.y) * scale)
    let along = q - p
    let size = max(1e-3, (along * along).sum().squareRoot())
    let half = max(0.4, width * scale / 2)
    let across = SIMD2(-along.y, along.x) / size * half
    quad(p + across, q + across, q - across, p - across)
    canvas.fill(ink, label)
  }

  func paintPedestrian(_ item: Item) {
    guard item.near > 0.8 else { return }
    var dice = Dice(item.look)
    let (coat, legs, skin) = (dice.pick(Self.clothes), dice.pick(Self.trousers), dice.pick(Self.skins))
    let hair = dice.pick([Tint.rgb(40, 30, 24), .rgb(90, 64, 40), .rgb(150, 120, 80), .rgb(120, 120, 120)])
    let (hasBag, bulk) = (dice.chance(0.3), dice.range(0.9, 1.15))
    let z = item.near
    let scale = view.scale(z) * item.height / 1.75
    let foot = view.project(z, item.middle, 0)
    let swing = Float(Curves.sine(turns: time * 0.95 + Double(dice.unit())))
    // Seen from the side legs swing across; seen from behind they only shorten.
    let across = item.heading.y != 0
    let (stride, lift) = (across ? 0.3 * swing : 0.04 * swing, across ? 0 : 0.07 * swing)
    func ink(_ tint: Tint) -> Ink { light.ink(tint, .round, z: z) }
    limb(foot, scale, SIMD2(0.08, 0.85), SIMD2(0.09 + stride, max(0, lift)), 0.16, ink(legs * 0.8), .pedestrian)
    limb(foot, scale, SIMD2(-0.08, 0.85), SIMD2(-0.09 - stride, max(0, -lift)), 0.16, ink(legs), .pedestrian)
    let half = (across ? 0.15 : 0.23) * bulk
    limb(foot, scale, SIMD2(half, 1.38), SIMD2(half + 0.08 - stride * 0.7, 0.85), 0.11, ink(coat * 0.8), .pedestrian)
    quad(
      foot + SIMD2(-half * 0.9, -0.78) * scale, foot + SIMD2(-half, -1.42) * scale, foot + SIMD2(half, -1.42) * scale,
      foot + SIMD2(half * 0.9, -0.78) * scale)
    canvas.fill(from: ink(coat * 1.1), to: ink(coat * 0.8), .pedestrian)
    limb(foot, scale, SIMD2(-half, 1.38), SIMD2(-half - 0.08 + stride * 0.7, 0.85), 0.11, ink(coat * 0.9), .pedestrian)
    if hasBag { limb(foot, scale, SIMD2(half + 0.1, 0.95), SIMD2(half + 0.1, 0.6), 0.28, ink(hair * 1.4), .pedestrian) }
    let head = foot + SIMD2(0, -1.6) * scale
    limb(foot, scale, SIMD2(0, 1.4), SIMD2(0, 1.52), 0.1, ink(skin * 0.9), .pedestrian)
    canvas.ellipse(head, 0.105 * scale, 0.145 * scale, ink(item.heading.x > 0 ? hair : skin), .pedestrian)
    canvas.ellipse(head - SIMD2(0, 0.05 * scale), 0.11 * scale, 0.1 * scale, ink(hair), .pedestrian)
  }

  func paintCyclist(_ item: Item) {
    guard item.near > 0.8 else { return }
    var dice = Dice(item.look)
    let (coat, legs, skin) = (dice.pick(Self.clothes) * 1.15, dice.pick(Self.trousers), dice.pick(Self.skins))
    let helmet = dice.pick([Tint.rgb(220, 220, 220), .rgb(180, 30, 30), .rgb(30, 30, 34), .rgb(200, 220, 60)])
    let z = item.near
    let scale = view.scale(z)
    let foot = view.project(z, item.middle, 0)
    let swing = Float(Curves.sine(turns: time * 1.15 + Double(dice.unit())))
    func ink(_ tint: Tint) -> Ink { light.ink(tint, .round, z: z) }
    let black = ink(.rgb(24, 24, 26))
    limb(foot, scale, SIMD2(0, 0), SIMD2(0, 0.68), 0.07, black, .bicyclist)
    limb(foot, scale, SIMD2(0, 0.5), SIMD2(0, 0.98), 0.05, ink(helmet * 0.6), .bicyclist)
    limb(foot, scale, SIMD2(0.1, 0.95), SIMD2(0.13, 0.28 + 0.16 * swing), 0.14, ink(legs), .bicyclist)
    limb(foot, scale, SIMD2(-0.1, 0.95), SIMD2(-0.13, 0.28 - 0.16 * swing), 0.14, ink(legs * 0.85), .bicyclist)
    limb(foot, scale, SIMD2(-0.3, 1.02), SIMD2(0.3, 1.02), 0.05, black, .bicyclist)
    for side in [Float(-1), 1] {
      limb(foot, scale, SIMD2(side * 0.2, 1.42), SIMD2(side * 0.29, 1.03), 0.1, ink(coat * 0.85), .bicyclist)
    }
    quad(
      foot + SIMD2(-0.17, -0.9) * scale, foot + SIMD2(-0.24, -1.46) * scale, foot + SIMD2(0.24, -1.46) * scale,
      foot + SIMD2(0.17, -0.9) * scale)
    canvas.fill(from: ink(coat), to: ink(coat * 0.75), .bicyclist)
    let head = foot + SIMD2(0.02 * swing, -1.62) * scale
    canvas.ellipse(head, 0.1 * scale, 0.14 * scale, ink(skin), .bicyclist)
    canvas.ellipse(head - SIMD2(0, 0.05 * scale), 0.125 * scale, 0.1 * scale, ink(helmet), .bicyclist)
    let lamp = item.heading.x > 0 ? light.glowing(.rgb(230, 40, 30), z: z) : light.glowing(.rgb(250, 250, 230), z: z)
    canvas.rect(
      foot.x - 0.05 * scale, foot.y - 0.8 * scale, foot.x + 0.05 * scale, foot.y - 0.72 * scale, lamp, .bicyclist)
  }
}
