// Walls, fences, railings and guard rails along the road.

extension Painter {
  private func side(_ item: Item) -> Facade {
    let onRight = item.left > view.eyeT
    return Facade(
      isAlong: true, place: onRight ? item.left : item.right, start: item.near, length: item.far - item.near,
      facing: onRight ? .left : .right)
  }

  func paintWall(_ item: Item) {
    var dice = Dice(item.look)
    let tint = dice.pick([Tint.rgb(150, 88, 70), .rgb(168, 160, 146), .rgb(196, 190, 178), .rgb(130, 120, 110)])
    let facade = side(item)
    panel(
      facade, 0, facade.length, 0, item.height, Material(tint: tint, label: .wall, roughness: 90, texture: SIMD2(7, 22))
    )
    panel(
      facade, 0, facade.length, item.height - 0.1, item.height, Material(tint: tint * 1.25, label: .wall))
    guard item.near > View.nearest else { return }
    let end = Facade(isAlong: false, place: item.near, start: item.left, length: item.right - item.left, facing: .near)
    panel(end, 0, end.length, 0, item.height, Material(tint: tint, label: .wall, roughness: 90, texture: SIMD2(7, 22)))
  }

  /// Posts, bars and rails; what is between them stays what it was.
  func paintFence(_ item: Item) {
    var dice = Dice(item.look)
    let facade = side(item)
    switch item.kind {
    case .guardRail:
      let steel = Material(tint: .rgb(150, 154, 158), label: .fence)
      bars(facade, spacing: 4, width: 0.12, top: item.height, steel)
      panel(facade, 0, facade.length, item.height - 0.35, item.height, steel)
    case .railing:
      let iron = Material(tint: dice.pick([.rgb(40, 44, 48), .rgb(36, 60, 50), .rgb(120, 124, 126)]), label: .fence)
      bars(facade, spacing: 0.18, width: 0.05, top: item.height, iron)
      panel(facade, 0, facade.length, item.height - 0.12, item.height - 0.06, iron)
      panel(facade, 0, facade.length, 0.1, 0.16, iron)
    default:
      let wood = Material(
        tint: dice.pick([.rgb(140, 110, 80), .rgb(170, 140, 104), .rgb(214, 210, 200), .rgb(96, 84, 72)]),
        label: .fence,
        roughness: 60, texture: SIMD2(16, 4))
      if dice.chance(0.5) { return panel(facade, 0, facade.length, 0, item.height, wood) }
      bars(facade, spacing: 0.22, width: 0.14, top: item.height, wood)
      panel(facade, 0, facade.length, item.height * 0.7, item.height * 0.7 + 0.1, wood)
      panel(facade, 0, facade.length, item.height * 0.2, item.height * 0.2 + 0.1, wood)
    }
  }

  /// Upright bars at even distances, which stay in place while the camera moves; solid where they blur together.
  private func bars(_ facade: Facade, spacing: Float, width: Float, top: Float, _ material: Material) {
    let origin = view.travelled + Double(facade.start)
    var place = Float((origin / Double(spacing)).rounded(.up) * Double(spacing) - origin)
    while place < facade.length {
      guard pixelsPerMetre(facade, place) * spacing > 1.5 else {
        var blurred = material
        blurred.tint = material.tint.mixed(with: Tint(0.4, 0.45, 0.35), by: 0.35)
        return panel(facade, place, facade.length, 0, top, blurred)
      }
      if facade.start + place > View.nearest {
        panel(facade, place, min(facade.length, place + width), 0, top, material)
      }
      place += spacing
    }
  }
}
