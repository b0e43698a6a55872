// People who ride; seen from behind or from the front, as they go along the road.

extension Painter {
  func paintCyclist(_ item: Item) {
    guard item.near > 0.8 else { return }
    var dice = Dice(item.look)
    let clothes = Clothes(&dice, isRiding: true)
    let figure = Figure(
      foot: view.project(item.near, item.middle, 0), scale: view.scale(item.near), z: item.near, label: .bicyclist)
    let swing = Float(Curves.sine(turns: time * 1.15 + Double(dice.unit())))
    paintBicycle(figure, frame: clothes.hair * 0.6)
    limb(figure, SIMD2(0.1, 0.95), SIMD2(0.13, 0.28 + 0.16 * swing), 0.14, clothes.legs)
    limb(figure, SIMD2(-0.1, 0.95), SIMD2(-0.13, 0.28 - 0.16 * swing), 0.14, clothes.legs * 0.85)
    limb(figure, SIMD2(-0.3, 1.02), SIMD2(0.3, 1.02), 0.05, Self.tyre)
    paintRider(figure, clothes, lean: 0.02 * swing)
    let lamp: Tint = item.heading.x > 0 ? .rgb(230, 40, 30) : .rgb(250, 250, 230)
    let (low, high) = (figure.point(-0.05, 0.72), figure.point(0.05, 0.8))
    canvas.rect(low.x, high.y, high.x, low.y, light.glowing(lamp, z: figure.z), .bicyclist)
  }

  private static let tyre = Tint.rgb(24, 24, 26)

  private func paintBicycle(_ figure: Figure, frame: Tint) {
    limb(figure, SIMD2(0, 0), SIMD2(0, 0.68), 0.07, Self.tyre)
    limb(figure, SIMD2(0, 0.5), SIMD2(0, 0.98), 0.05, frame)
  }

  private func paintRider(_ figure: Figure, _ clothes: Clothes, lean: Float) {
    for side in [Float(-1), 1] {
      limb(figure, SIMD2(side * 0.2, 1.42), SIMD2(side * 0.29, 1.03), 0.1, clothes.coat * 0.85)
    }
    quad(figure.point(-0.17, 0.9), figure.point(-0.24, 1.46), figure.point(0.24, 1.46), figure.point(0.17, 0.9))
    canvas.fill(from: ink(figure, clothes.coat), to: ink(figure, clothes.coat * 0.75), .bicyclist)
    oval(figure, SIMD2(lean, 1.62), 0.1, 0.14, clothes.skin)
    oval(figure, SIMD2(lean, 1.67), 0.125, 0.1, clothes.hair)
  }
}
