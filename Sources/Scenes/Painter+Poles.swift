// Lamps, masts, traffic lights and other street furniture.

extension Painter {
  /// An upright pole with a lit and a dark side.
  func post(
    _ item: Item, from low: Float = 0, to top: Float, radius: Float, _ tint: Tint, _ label: SceneClass = .pole
  ) {
    let scale = view.scale(item.near)
    let (foot, head) = (view.project(item.near, item.middle, low), view.project(item.near, item.middle, top))
    let half = max(0.5, radius * scale)
    let sunlit: Float = light.weather.sun.x > 0 ? 1 : -1
    canvas.rect(foot.x - half, head.y, foot.x + half, foot.y, light.ink(tint * 0.75, .round, z: item.near), label)
    let edge = foot.x + sunlit * half
    canvas.rect(
      min(foot.x, edge), head.y, max(foot.x, edge), foot.y, light.ink(tint * 1.1, .round, z: item.near), label)
  }

  private var steel: Tint { scene.seed & 1 == 0 ? .rgb(142, 146, 148) : .rgb(62, 68, 66) }

  /// The place of a lamp's head.
  private func lampHead(_ item: Item) -> (z: Float, t: Float, h: Float) {
    (item.near, item.middle + (item.middle > 0 ? -1.6 : 1.6), item.height - 0.1)
  }

  func paintLamp(_ item: Item) {
    guard item.near > 0.8 else { return }
    post(item, to: item.height, radius: 0.08, steel)
    let head = lampHead(item)
    let (a, b) = (view.project(item.near, item.middle, item.height), view.project(head.z, head.t, head.h))
    let half = max(0.5, 0.05 * view.scale(item.near))
    let ink = light.ink(steel * 0.9, .round, z: item.near)
    canvas.rect(min(a.x, b.x), a.y - half, max(a.x, b.x), a.y + half, ink, .pole)
    let size = 0.3 * view.scale(item.near)
    let lit = light.weather.night > 0.3
    canvas.rect(
      b.x - size, b.y - size * 0.3, b.x + size, b.y + size * 0.3,
      lit ? light.glowing(Tint(1, 0.9, 0.65), z: item.near) : ink, .pole)
  }

  /// Light around lamps, head lights and tail lights, which changes no label.
  func paintLampGlow() {
    let night = light.weather.night
    guard night > 0.3 else { return }
    for item in items where item.near > 2 {
      let scale = view.scale(item.near)
      if item.kind == .lamp {
        let head = lampHead(item)
        glow(
          view.project(head.z, head.t, head.h), radius: min(1.6 * scale, Float(canvas.height) / 7),
          Tint(0.7, 0.55, 0.32) * night)
      } else if item.kind == .vehicle, item.heading.x != 0, item.look >> 62 & 1 == 0 {
        let oncoming = item.heading.x < 0
        for offset in [Float(-0.65), 0.65] {
          let place = view.project(item.near, item.middle + offset, 0.68)
          glow(
            place, radius: min((oncoming ? 0.7 : 0.4) * scale, Float(canvas.height) / 8),
            oncoming ? Tint(0.8, 0.76, 0.64) : Tint(0.7, 0.08, 0.05))
        }
      }
    }
  }

  func paintPole(_ item: Item) {
    guard item.near > 0.8 else { return }
    guard item.height > 3 else {
      return post(item, to: item.height, radius: 0.07, item.look & 1 == 0 ? steel : .rgb(46, 48, 50))
    }
    post(item, to: item.height, radius: 0.13, .rgb(112, 94, 74))
    let (left, right) = (
      view.project(item.near, item.middle - 0.9, item.height - 0.5),
      view.project(item.near, item.middle + 0.9, item.height - 0.5)
    )
    let half = max(0.5, 0.06 * view.scale(item.near))
    canvas.rect(left.x, left.y - half, right.x, left.y + half, light.ink(.rgb(100, 84, 66), .near, z: item.near), .pole)
  }

  func paintTrafficLight(_ item: Item) {
    guard item.near > 0.8 else { return }
    post(item, to: item.height, radius: 0.06, .rgb(60, 62, 64))
    let scale = view.scale(item.near)
    let top = view.project(item.near, item.middle, item.height + 0.4)
    let black = light.ink(.rgb(26, 28, 30), .near, z: item.near)
    canvas.rect(top.x - 0.19 * scale, top.y, top.x + 0.19 * scale, top.y + 0.95 * scale, black, .trafficLight)
    let colours: [Tint] = [.rgb(255, 60, 40), .rgb(255, 180, 40), .rgb(60, 240, 130)]
    for (index, colour) in colours.enumerated() {
      let center = SIMD2(top.x, top.y + (0.18 + 0.29 * Float(index)) * scale)
      let isOn = index == 2
      let ink = isOn ? light.glowing(colour, z: item.near) : light.ink(colour * 0.22, .near, z: item.near)
      canvas.ellipse(center, 0.11 * scale, 0.11 * scale, ink, .trafficLight)
    }
  }

  /// Bins, cabinets and bus shelters.
  func paintObject(_ item: Item) {
    guard item.near > 0.8 else { return }
    var dice = Dice(item.look)
    let tint = dice.pick([
      Tint.rgb(40, 74, 52), .rgb(70, 74, 78), .rgb(120, 110, 90), .rgb(140, 40, 36), .rgb(36, 54, 96),
    ])
    let half: Float = item.kind == .bin ? 0.32 : 0.6
    let front = Facade(isAlong: false, place: item.near, start: item.middle - half, length: half * 2, facing: .near)
    guard item.kind == .shelter else {
      panel(front, 0, half * 2, 0, item.height, Material(tint: tint, label: .object, roughness: 30))
      return panel(front, 0, half * 2, item.height - 0.15, item.height, Material(tint: tint * 1.5, label: .object))
    }
    let glass = Material(tint: light.weather.skyLow * 0.55, label: .object)
    let onRight = item.middle > view.eyeT
    let back = Facade(
      isAlong: true, place: onRight ? item.right : item.left, start: item.near, length: item.far - item.near,
      facing: onRight ? .left : .right)
    panel(back, 0, back.length, 0.3, 2.3, glass)
    panel(back, 0, back.length, 2.3, item.height, Material(tint: tint, label: .object))
    panel(front, 0, half * 2, 0.2, 2.3, glass)
    panel(front, -0.2, half * 2 + 0.2, 2.3, item.height, Material(tint: tint, label: .object))
  }
}
