// Cars, vans, lorries and buses.

/// A vehicle where it stands, with the camera in its own coordinates: forward, to the right, and up.
private struct Placed {
  let model: VehicleModel
  let z, t: Float
  let heading: SIMD2<Float>
  let eye: SIMD3<Float>
}

extension Painter {
  func paintVehicle(_ item: Item) {
    let z = (item.near + item.far) / 2
    let away = SIMD2(-z, view.eyeT - item.middle - view.bend(max(0, z)))
    let heading = item.heading
    let eye = SIMD3(
      away.x * heading.x + away.y * heading.y, away.y * heading.x - away.x * heading.y,
      view.eyeHeight - view.rise(max(0, z)))
    let placed = Placed(model: VehicleModel(look: item.look), z: z, t: item.middle, heading: heading, eye: eye)
    let half = placed.model.width / 2
    paintTyres(placed)
    solid(placed, placed.model.body, bottom: half, top: half * 0.95, placed.model.tint)
    paintEnds(placed)
    paintWheels(placed)
    if placed.model.kind == .bus {
      paintBusWindows(placed)
    } else {
      let narrows: Float = placed.model.kind == .lorry ? 1 : placed.model.kind == .van ? 0.88 : 0.74
      solid(placed, placed.model.cabin, bottom: half * 0.94, top: half * narrows, placed.model.tint)
      paintWindows(placed, bottom: half * 0.94, top: half * narrows)
    }
  }

  /// The place in the picture of a point of a vehicle: metres forward, to the right and up.
  private func point(_ placed: Placed, _ along: Float, _ side: Float, _ up: Float) -> SIMD2<Float> {
    let heading = placed.heading
    return view.project(
      placed.z + along * heading.x - side * heading.y, placed.t + along * heading.y + side * heading.x, up)
  }

  /// Which way a face looks whose normal points `along`, to the `side` and `up`.
  private func facing(_ placed: Placed, _ along: Float, _ side: Float, _ up: Float) -> Facing {
    if up > 0.75 { return .up }
    let ahead = along * placed.heading.x - side * placed.heading.y
    let right = along * placed.heading.y + side * placed.heading.x
    if abs(ahead) > abs(right) { return ahead < 0 ? .near : .far }
    return right < 0 ? .left : .right
  }

  /// A profile drawn out to both sides; only the faces that look at the camera are painted.
  private func solid(_ placed: Placed, _ profile: [SIMD2<Float>], bottom: Float, top: Float, _ tint: Tint) {
    for (index, corner) in profile.enumerated() {
      let next = profile[(index + 1) % profile.count]
      guard sees(placed, corner, next) else { continue }
      face(placed, profile, corner, next, bottom: bottom, top: top)
      let edge = next - corner
      let size = (edge.x * edge.x * placed.model.length * placed.model.length / 4 + edge.y * edge.y).squareRoot()
      let up = edge.x * placed.model.length / 2 / size
      let bright = light.ink(tint, facing(placed, -edge.y, 0, up), z: placed.z)
      canvas.fill(bright, placed.model.label)
    }
    let side: Float = placed.eye.y > 0 ? 1 : -1
    guard abs(placed.eye.y) > top else { return }
    flank(placed, profile, side: side, bottom: bottom, top: top)
    let way = facing(placed, 0, side, 0)
    canvas.fill(
      from: light.ink(tint * 1.08, way, z: placed.z), to: light.ink(tint * 0.62, way, z: placed.z), placed.model.label)
  }

  /// Whether the camera sees the face between two corners of a profile.
  private func sees(_ placed: Placed, _ corner: SIMD2<Float>, _ next: SIMD2<Float>) -> Bool {
    let half = placed.model.length / 2
    let edge = SIMD2((next.x - corner.x) * half, next.y - corner.y)
    return -edge.y * (placed.eye.x - corner.x * half) + edge.x * (placed.eye.z - corner.y) > 0
  }

  private func breadth(_ profile: [SIMD2<Float>], at up: Float, bottom: Float, top: Float) -> Float {
    let (low, high) = profile.reduce((Float.infinity, -Float.infinity)) { (min($0.0, $1.y), max($0.1, $1.y)) }
    return bottom + (top - bottom) * (up - low) / (high - low)
  }

  private func face(
    _ placed: Placed, _ profile: [SIMD2<Float>], _ a: SIMD2<Float>, _ b: SIMD2<Float>, bottom: Float, top: Float
  ) {
    let half = placed.model.length / 2
    let (wideA, wideB) = (
      breadth(profile, at: a.y, bottom: bottom, top: top), breadth(profile, at: b.y, bottom: bottom, top: top)
    )
    quad(
      point(placed, a.x * half, -wideA, a.y), point(placed, b.x * half, -wideB, b.y),
      point(placed, b.x * half, wideB, b.y), point(placed, a.x * half, wideA, a.y))
  }

  private func flank(_ placed: Placed, _ profile: [SIMD2<Float>], side: Float, bottom: Float, top: Float) {
    canvas.begin()
    for corner in profile {
      let wide = breadth(profile, at: corner.y, bottom: bottom, top: top)
      canvas.corner(point(placed, corner.x * placed.model.length / 2, side * wide, corner.y))
    }
  }

  private func glassInk(_ placed: Placed, _ facing: Facing) -> Ink {
    let glass = Tint(0.1, 0.12, 0.14).mixed(with: light.weather.skyLow, by: facing == .near ? 0.16 : 0.1)
    return light.ink(glass, facing, z: placed.z)
  }

  private func paintWindows(_ placed: Placed, bottom: Float, top: Float) {
    let cabin = placed.model.cabin
    guard view.scale(placed.z) > 4 else { return }
    let isBox = placed.model.kind == .lorry
    for index in 0..<cabin.count - 1 where index != 1 {
      let (a, b) = (cabin[index], cabin[index + 1])
      if placed.model.kind == .van && index == 0 || isBox && index != 2 { continue }
      guard sees(placed, a, b) else { continue }
      face(placed, cabin, a, b, bottom: bottom, top: top)
      canvas.shrink(0.84)
      let way = facing(placed, a.y - b.y, 0, 0)
      canvas.fill(
        from: glassInk(placed, way).mixed(with: light.airInk, by: 34), to: glassInk(placed, way), placed.model.label)
    }
    let side: Float = placed.eye.y > 0 ? 1 : -1
    guard abs(placed.eye.y) > top, !isBox else { return }
    sideWindows(placed, side: side, bottom: bottom, top: top)
  }

  private func sideWindows(_ placed: Placed, side: Float, bottom: Float, top: Float) {
    let cabin = placed.model.cabin
    let way = facing(placed, 0, side, 0)
    if placed.model.kind == .van {
      strip(placed, side * bottom, 0.2, 0.56, 1.25, 1.85, glassInk(placed, way))
      return
    }
    flank(placed, cabin, side: side, bottom: bottom, top: top)
    canvas.shrink(0.83)
    canvas.fill(glassInk(placed, way), placed.model.label)
    let (low, high) = (cabin[0].y, cabin[1].y)
    quad(
      point(placed, -0.28, side * bottom, low), point(placed, -0.16, side * top, high),
      point(placed, -0.04, side * top, high), point(placed, -0.1, side * bottom, low))
    canvas.fill(light.ink(placed.model.tint * 0.8, way, z: placed.z), placed.model.label)
  }

  /// A rectangle on a flank, between two places in half lengths and two heights.
  private func strip(
    _ placed: Placed, _ side: Float, _ from: Float, _ to: Float, _ low: Float, _ high: Float, _ ink: Ink
  ) {
    let half = placed.model.length / 2
    quad(
      point(placed, from * half, side, low), point(placed, from * half, side, high),
      point(placed, to * half, side, high), point(placed, to * half, side, low))
    canvas.fill(ink, placed.model.label)
  }

  private func paintBusWindows(_ placed: Placed) {
    let half = placed.model.width / 2
    let side: Float = placed.eye.y > 0 ? 1 : -1
    if abs(placed.eye.y) > half {
      let ink = glassInk(placed, facing(placed, 0, side, 0))
      for index in 0..<6 {
        let from = -0.94 + Float(index) * 0.315
        strip(placed, side * half * 0.98, from, from + 0.29, 1.35, 2.5, ink)
      }
    }
    let seesFront = placed.eye.x > placed.model.length / 2
    guard seesFront || placed.eye.x < -placed.model.length / 2 else { return }
    end(placed, front: seesFront, -half * 0.88, half * 0.88, seesFront ? 1.05 : 1.6, 2.45, glassInk(placed, .near))
    end(
      placed, front: seesFront, -half * 0.6, half * 0.6, 2.6, 2.85, light.glowing(.rgb(240, 170, 40) * 0.8, z: placed.z)
    )
  }

  /// A rectangle on the front or the rear.
  private func end(
    _ placed: Placed, front: Bool, _ left: Float, _ right: Float, _ low: Float, _ high: Float, _ ink: Ink
  ) {
    let along = placed.model.length / 2 * (front ? 1 : -1)
    quad(
      point(placed, along, left, low), point(placed, along, left, high), point(placed, along, right, high),
      point(placed, along, right, low))
    canvas.fill(ink, placed.model.label)
  }

  /// Bumper, number plate and lights of the end that is in sight.
  private func paintEnds(_ placed: Placed) {
    let (half, reach) = (placed.model.width / 2, placed.model.length / 2)
    let front = placed.eye.x > reach
    guard front || placed.eye.x < -reach, view.scale(placed.z) > 5 else { return }
    let base: Float = placed.model.kind == .lorry ? 0.85 : placed.model.kind == .offRoad ? 0.42 : 0.34
    let bright = light.weather.night > 0.3 || placed.model.tint.x > 0.6
    let dark = light.ink(.rgb(34, 35, 37), .near, z: placed.z)
    end(placed, front: front, -half * 0.97, half * 0.97, base - 0.06, base + 0.12, dark)
    let plate: Tint = front || scene.road.side > 0 ? .rgb(232, 232, 226) : .rgb(232, 196, 60)
    end(placed, front: front, -0.26, 0.26, base + 0.14, base + 0.26, light.ink(plate, .near, z: placed.z))
    if front { end(placed, front: true, -half * 0.5, half * 0.5, base + 0.28, base + 0.42, dark) }
    let brakes = placed.heading.x > 0 && Curves.sine(turns: time / 13 + Double(placed.model.length)) > 0.75
    let lamp: Tint = front ? .rgb(246, 244, 232) : brakes ? .rgb(255, 50, 40) : .rgb(168, 24, 26)
    let ink = brakes || bright && front ? light.glowing(lamp, z: placed.z) : light.ink(lamp, .near, z: placed.z)
    for side in [Float(-1), 1] {
      let (inner, outer) = (side * half * 0.66, side * half * 0.94)
      end(placed, front: front, min(inner, outer), max(inner, outer), base + 0.26, base + 0.44, ink)
    }
  }

  /// What shows of the tyres under the near end, and the dark between them.
  private func paintTyres(_ placed: Placed) {
    let half = placed.model.width / 2
    let black = light.ink(.rgb(20, 20, 21), .near, z: placed.z)
    let front = placed.eye.x > 0
    for side in [Float(-1), 1] {
      let (inner, outer) = (side * half * 0.62, side * half * 0.96)
      let along = placed.model.length / 2 * (front ? 0.62 : -0.62)
      quad(
        point(placed, along, inner, 0), point(placed, along, inner, 0.45), point(placed, along, outer, 0.45),
        point(placed, along, outer, 0))
      canvas.fill(black, placed.model.label)
    }
    guard placed.model.kind == .lorry else { return }
    for side in [-half * 0.9, half * 0.9] { strip(placed, side, -0.95, 0.95, 0.45, 0.9, black) }
  }

  /// Wheels on the flank that is in sight.
  private func paintWheels(_ placed: Placed) {
    let half = placed.model.width / 2
    guard abs(placed.eye.y) > half * 0.8, view.scale(placed.z) > 5 else { return }
    let side: Float = placed.eye.y > 0 ? 1 : -1
    let big = placed.model.height > 2.5
    let radius: Float = big ? 0.48 : 0.33
    for place in [placed.model.kind == .bus ? Float(-0.5) : -0.62, 0.62] {
      for (size, tint) in [(radius, Tint.rgb(22, 22, 24)), (radius * 0.6, Tint.rgb(150, 152, 156))] {
        canvas.begin()
        for step in 0..<12 {
          let turn = Double(step) / 12
          canvas.corner(
            point(
              placed, place * placed.model.length / 2 + size * Float(Curves.cosine(turns: turn)), side * half,
              radius + size * Float(Curves.sine(turns: turn))))
        }
        canvas.fill(light.ink(tint, facing(placed, 0, side, 0), z: placed.z), placed.model.label)
      }
    }
  }
}
