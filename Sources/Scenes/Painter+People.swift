// People who walk.

/// Where a person stands in the picture; the parts of the body are placed in metres right of and above the foot.
struct Figure {
  /// Pixels.
  let foot: SIMD2<Float>
  /// Pixels a metre.
  let scale: Float
  let z: Float
  let label: SceneClass

  func point(_ right: Float, _ up: Float) -> SIMD2<Float> { foot + SIMD2(right, -up) * scale }
}

/// The colours of a person.
struct Clothes {
  let coat, legs, skin, hair: Tint

  private static let coats: [Tint] = [
    .rgb(40, 44, 60), .rgb(30, 30, 34), .rgb(150, 40, 44), .rgb(60, 90, 140), .rgb(190, 186, 178), .rgb(96, 100, 84),
    .rgb(206, 160, 60), .rgb(110, 70, 110), .rgb(70, 120, 110), .rgb(220, 220, 222), .rgb(120, 88, 64),
  ]
  private static let trousers: [Tint] = [
    .rgb(36, 44, 70), .rgb(28, 28, 32), .rgb(90, 84, 74), .rgb(130, 120, 100), .rgb(60, 62, 68),
  ]
  private static let skins: [Tint] = [.rgb(224, 182, 152), .rgb(196, 150, 116), .rgb(142, 100, 72), .rgb(92, 64, 48)]
  private static let hairs: [Tint] = [.rgb(40, 30, 24), .rgb(90, 64, 40), .rgb(150, 120, 80), .rgb(120, 120, 120)]
  private static let helmets: [Tint] = [.rgb(220, 220, 220), .rgb(180, 30, 30), .rgb(30, 30, 34), .rgb(200, 220, 60)]

  /// - Parameter isRiding: whether a helmet covers the hair.
  init(_ dice: inout Dice, isRiding: Bool) {
    coat = dice.pick(Self.coats) * (isRiding ? 1.15 : 1)
    (legs, skin) = (dice.pick(Self.trousers), dice.pick(Self.skins))
    hair = dice.pick(isRiding ? Self.helmets : Self.hairs)
  }
}

extension Painter {
  func paintPedestrian(_ item: Item) {
    guard item.near > 0.8 else { return }
    var dice = Dice(item.look)
    let clothes = Clothes(&dice, isRiding: false)
    let (hasBag, bulk) = (dice.chance(0.3), dice.range(0.9, 1.15))
    let figure = Figure(
      foot: view.project(item.near, item.middle, 0), scale: view.scale(item.near) * item.height / 1.75, z: item.near,
      label: .pedestrian)
    let swing = Float(Curves.sine(turns: time * 0.95 + Double(dice.unit())))
    // Seen from the side legs swing across; seen from behind they only shorten.
    let crosses = item.heading.y != 0
    paintLegs(figure, clothes, stride: (crosses ? 0.3 : 0.04) * swing, lift: crosses ? 0 : 0.07 * swing)
    let half = (crosses ? 0.15 : 0.23) * bulk
    paintTrunk(figure, clothes, half: half, stride: (crosses ? 0.3 : 0.04) * swing)
    if hasBag { limb(figure, SIMD2(half + 0.1, 0.95), SIMD2(half + 0.1, 0.6), 0.28, clothes.hair * 1.4) }
    paintHead(figure, clothes, isTurnedAway: item.heading.x > 0)
  }

  private func paintLegs(_ figure: Figure, _ clothes: Clothes, stride: Float, lift: Float) {
    limb(figure, SIMD2(0.08, 0.85), SIMD2(0.09 + stride, max(0, lift)), 0.16, clothes.legs * 0.8)
    limb(figure, SIMD2(-0.08, 0.85), SIMD2(-0.09 - stride, max(0, -lift)), 0.16, clothes.legs)
  }

  /// The coat with its sleeves, one in front of it and one behind.
  private func paintTrunk(_ figure: Figure, _ clothes: Clothes, half: Float, stride: Float) {
    let swing = 0.08 - stride * 0.7
    limb(figure, SIMD2(half, 1.38), SIMD2(half + swing, 0.85), 0.11, clothes.coat * 0.8)
    quad(
      figure.point(-half * 0.9, 0.78), figure.point(-half, 1.42), figure.point(half, 1.42),
      figure.point(half * 0.9, 0.78))
    canvas.fill(from: ink(figure, clothes.coat * 1.1), to: ink(figure, clothes.coat * 0.8), figure.label)
    limb(figure, SIMD2(-half, 1.38), SIMD2(-half - swing, 0.85), 0.11, clothes.coat * 0.9)
  }

  private func paintHead(_ figure: Figure, _ clothes: Clothes, isTurnedAway: Bool) {
    limb(figure, SIMD2(0, 1.4), SIMD2(0, 1.52), 0.1, clothes.skin * 0.9)
    oval(figure, SIMD2(0, 1.6), 0.105, 0.145, isTurnedAway ? clothes.hair : clothes.skin)
    oval(figure, SIMD2(0, 1.65), 0.11, 0.1, clothes.hair)
  }
}

// Parts of bodies.
extension Painter {
  func ink(_ figure: Figure, _ tint: Tint) -> Ink { light.ink(tint, .round, z: figure.z) }

  /// A bar of a width in metres between two places; never thinner than most of a pixel.
  func limb(_ figure: Figure, _ a: SIMD2<Float>, _ b: SIMD2<Float>, _ width: Float, _ tint: Tint) {
    let (p, q) = (figure.point(a.x, a.y), figure.point(b.x, b.y))
    let along = q - p
    let size = max(1e-3, (along * along).sum().squareRoot())
    let across = SIMD2(-along.y, along.x) / size * max(0.4, width * figure.scale / 2)
    quad(p + across, q + across, q - across, p - across)
    canvas.fill(ink(figure, tint), figure.label)
  }

  func oval(_ figure: Figure, _ middle: SIMD2<Float>, _ halfWidth: Float, _ halfHeight: Float, _ tint: Tint) {
    let center = figure.point(middle.x, middle.y)
    canvas.ellipse(center, halfWidth * figure.scale, halfHeight * figure.scale, ink(figure, tint), figure.label)
  }
}
