// Where lamps, poles, signs, street trees and bins stand, and where cars are parked.

extension Painter {
  /// Collects what stands along the kerbs of a block.
  func layOutFurniture(_ block: Block, z: Float) {
    let road = scene.road
    for onRight in [false, true] {
      var dice = Dice(scene.seed, .furniture, block.index, onRight ? 1 : 0)
      let sign: Float = onRight ? 1 : -1
      let kerb = onRight ? road.kerbRight : road.kerbLeft
      let line = kerb + sign * (road.kerb + (road.verge > 0 ? road.verge / 2 : 0.4))
      let start = block.opens(onRight: onRight) ? block.mouth + 5 : 2
      layOutLamps(block, z: z, t: line, onRight: onRight, from: start)
      layOutStreetTrees(z: z, t: line, from: start, &dice)
      layOutSmallThings(z: z, t: line, inner: line + sign * max(0.6, road.pavement - 0.8), from: start, &dice)
      if block.hasTrafficLights {
        let place = onRight == (road.side > 0) ? -2 : block.mouth + 7.5
        add(Item(.trafficLight, z: z + place, t: line, height: 3.2, look: UInt64(block.index & 1)))
      }
    }
  }

  private func layOutLamps(_ block: Block, z: Float, t: Float, onRight: Bool, from start: Float) {
    var dice = Dice(scene.seed, .furniture)
    let kind: Item.Kind = scene.district == .country ? .pole : .lamp
    let (height, alternates) = (dice.range(6, 9.5), dice.chance(0.5))
    if scene.district == .country, onRight { return }
    var place = Self.lampSpacing / 2 + (onRight && alternates ? Self.lampSpacing / 2 : 0)
    while place < scene.road.blockLength {
      if place > start { add(Item(kind, z: z + place, t: t, height: height, look: onRight ? 1 : 0)) }
      place += Self.lampSpacing
    }
  }

  private func layOutStreetTrees(z: Float, t: Float, from start: Float, _ dice: inout Dice) {
    guard scene.district.isBuiltUp else { return }
    var plan = Dice(scene.seed, .furniture, 1)
    let (density, size, spacing) = (plan.range(-0.3, 0.9), plan.range(3.5, 9), plan.range(9, 16))
    var place = start + 3
    while place < scene.road.blockLength - 3 {
      let (look, height) = (dice.bits(), size * dice.range(0.8, 1.2))
      if dice.chance(density) { add(Item(.tree, z: z + place, t: t, height: height, look: look)) }
      place += spacing
    }
  }

  private func layOutSmallThings(z: Float, t: Float, inner: Float, from start: Float, _ dice: inout Dice) {
    let count = scene.district.isBuiltUp ? 4 : 2
    for _ in 0..<count {
      let place = z + dice.range(start + 1, scene.road.blockLength)
      let (roll, look) = (dice.unit(), dice.bits())
      if roll < 0.5 {
        add(Item(.sign, z: place, t: t, height: 2.3, look: look))
      } else if roll < 0.65, scene.district.isBuiltUp {
        add(Item(.bin, z: place, t: t, height: 1.1, look: look))
      } else if roll < 0.8 {
        add(Item(.pole, z: place, t: t, height: scene.district.isBuiltUp ? 1 : 8, look: look))
      } else if roll < 0.88, scene.district.isBuiltUp, scene.road.pavement > 2.2 {
        add(
          Item(
            .shelter, z: place...place + 4, t: min(inner - 1, inner)...max(inner, inner + 1), height: 2.5, look: look))
      }
    }
  }

  /// Collects the cars that stand at the kerb.
  func layOutParked(_ block: Block, z: Float) {
    let road = scene.road
    for onRight in [false, true] {
      let width = onRight ? road.parkingRight : road.parkingLeft
      guard width > 0 else { continue }
      var dice = Dice(scene.seed, .parked, block.index, onRight ? 1 : 0)
      var plan = Dice(scene.seed, .parked)
      let density = plan.range(0.15, 0.95)
      let t = onRight ? road.kerbRight - width / 2 : road.kerbLeft + width / 2
      var place = max(block.mouth + 6, block.hasCrossing ? block.crossing + 8 : 0) + 3
      while place < road.blockLength - 4 {
        let (look, offset) = (dice.bits(), dice.range(-0.12, 0.12))
        if dice.chance(density) {
          let faces: Float = onRight == (road.side > 0) ? 1 : -1
          vehicle(z: z + place, t: t + offset, look: look | 1 << 62, heading: SIMD2(faces, 0))
        }
        place += 6
      }
    }
  }

  /// Adds a car, van, lorry or bus whose middle is at `z`, `t`.
  func vehicle(z: Float, t: Float, look: UInt64, heading: SIMD2<Float>) {
    let model = VehicleModel(look: look)
    let reach = model.length / 2
    var item = Item(.vehicle, z: z - reach...z + reach, t: t - 1...t + 1, height: model.height, look: look)
    item.heading = heading
    item.key = z
    add(item)
  }
}
