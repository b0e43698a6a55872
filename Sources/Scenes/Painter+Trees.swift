// Trees, bushes, hedges and woods.

extension Painter {
  private static let greens: [Tint] = [
    .rgb(92, 128, 52), .rgb(72, 112, 48), .rgb(112, 138, 58), .rgb(62, 94, 50), .rgb(128, 140, 64), .rgb(84, 118, 66),
  ]
  private static let autumn: [Tint] = [.rgb(176, 130, 48), .rgb(170, 96, 44), .rgb(146, 132, 56)]

  private func leafTint(_ dice: inout Dice) -> Tint {
    let isAutumn = scene.seed % 5 == 3 && dice.chance(0.6)
    return dice.pick(isAutumn ? Self.autumn : Self.greens) * dice.range(0.85, 1.2)
  }

  func paintTree(_ item: Item) {
    guard item.near > 1 else { return }
    var dice = Dice(item.look)
    let scale = view.scale(item.near)
    let foot = view.project(item.near, item.middle, 0)
    guard foot.x > -item.height * scale, foot.x < Float(canvas.width) + item.height * scale else { return }
    let tint = leafTint(&dice)
    if item.kind == .tree, dice.chance(0.12) { return paintConifer(item, tint, foot, scale, &dice) }
    let stem = item.kind == .tree ? item.height * dice.range(0.18, 0.34) : 0
    if item.kind == .tree { paintTrunk(item, to: stem + item.height * 0.3, foot, scale) }
    paintCrown(item, from: stem, tint, foot, scale, &dice)
  }

  private func paintTrunk(_ item: Item, to top: Float, _ foot: SIMD2<Float>, _ scale: Float) {
    let half = max(0.4, item.height * 0.018 * scale)
    let (bright, dark) = (
      light.ink(.rgb(112, 96, 80), .round, z: item.near), light.ink(.rgb(70, 60, 50), .round, z: item.near)
    )
    let sunlit = light.weather.sun.x > 0
    quad(
      SIMD2(foot.x - half * 1.25, foot.y), SIMD2(foot.x - half * 0.7, foot.y - top * scale),
      SIMD2(foot.x + half * 0.7, foot.y - top * scale), SIMD2(foot.x + half * 1.25, foot.y))
    canvas.fill(sunlit ? dark : bright, .vegetation)
    quad(
      SIMD2(foot.x, foot.y), SIMD2(foot.x, foot.y - top * scale),
      SIMD2(foot.x + half * 0.7, foot.y - top * scale), SIMD2(foot.x + half * 1.25, foot.y))
    canvas.fill(sunlit ? bright : dark, .vegetation)
  }

  /// Clumps around a middle, the dark ones at the bottom and behind first.
  private func paintCrown(
    _ item: Item, from stem: Float, _ tint: Tint, _ foot: SIMD2<Float>, _ scale: Float, _ dice: inout Dice
  ) {
    let tall = item.height - stem
    let half = item.kind == .bush ? item.height * 0.8 : tall * dice.range(0.36, 0.55)
    let middle = SIMD2(foot.x, foot.y - (stem + tall / 2) * scale)
    let sway = Float(Curves.sine(turns: time / 3.7 + Double(item.look & 255) / 256)) * 0.01
    let lean: Float = light.weather.sun.x > 0 ? 1 : -1
    let count = scale * half < 12 ? 3 : 9
    for index in 0..<count {
      let part = Float(index) / Float(count - 1)
      let place = SIMD2(dice.range(-0.62, 0.62) + sway, index == 0 ? 0 : 0.5 - part + dice.range(-0.18, 0.18))
      let size = index == 0 ? SIMD2<Float>(0.86, 0.82) : SIMD2(repeating: dice.range(0.34, 0.56))
      let radius = SIMD2(half * scale, tall / 2 * scale) * size
      let center = middle + SIMD2(index == 0 ? 0 : place.x * half, place.y * tall / 2) * scale
      let shine = index == 0 ? 0.66 : 0.74 + 0.34 * part + place.x * lean * 0.15
      let ink = light.ink(tint * shine * 1.2, .round, z: item.near)
      canvas.clump(center, radius: radius, ink, .vegetation, phase: UInt32(truncatingIfNeeded: dice.bits()), lean: lean)
    }
  }

  private func paintConifer(_ item: Item, _ tint: Tint, _ foot: SIMD2<Float>, _ scale: Float, _ dice: inout Dice) {
    paintTrunk(item, to: item.height * 0.3, foot, scale)
    for layer in 0..<7 {
      let part = Float(layer) / 7
      let half = item.height * 0.24 * (1.05 - part)
      let center = SIMD2(foot.x, foot.y - item.height * (0.2 + 0.74 * part) * scale)
      let ink = light.ink(tint * (0.62 + 0.25 * part), .round, z: item.near)
      let radius = SIMD2(half, item.height * 0.13) * scale
      canvas.clump(center, radius: radius, ink, .vegetation, phase: UInt32(truncatingIfNeeded: dice.bits()), lean: 0.4)
    }
  }

  /// Leaves along the road with an uneven top.
  func paintHedge(_ item: Item) {
    var dice = Dice(item.look)
    paintLeaves(item, tint: leafTint(&dice), top: 0.25, texture: SIMD2(14, 14))
  }

  func paintTreeLine(_ item: Item) {
    var dice = Dice(item.look)
    paintLeaves(item, tint: leafTint(&dice) * 0.8, top: item.height * 0.5, texture: SIMD2(3, 3))
  }

  /// A leafy panel along the road in pieces of uneven height, and its near end.
  private func paintLeaves(_ item: Item, tint: Tint, top: Float, texture: SIMD2<Float>) {
    let onRight = item.left > view.eyeT
    let material = Material(tint: tint * 1.15, label: .vegetation, roughness: 170, texture: texture)
    let side = Facade(
      isAlong: true, place: onRight ? item.left : item.right, start: item.near, length: item.far - item.near,
      facing: onRight ? .left : .right)
    let step = max(0.25, top / 5)
    let origin = view.travelled + Double(item.near)
    var place = (origin / Double(step)).rounded(.up) * Double(step) - origin
    var last: Float = 0
    while last < side.length {
      let next = min(side.length, Float(place))
      let texel = NoiseTile.cloud.texel(
        UInt32(truncatingIfNeeded: Int64((origin + place) / Double(step) * 5)), UInt32(item.look & 255))
      panel(side, last, next, 0, item.height - top * Float(texel) / 255, material)
      last = next
      place += Double(step)
    }
    guard item.near > View.nearest else { return }
    let end = Facade(isAlong: false, place: item.near, start: item.left, length: item.right - item.left, facing: .near)
    panel(end, 0, end.length, 0, item.height - top / 2, material)
  }
}
