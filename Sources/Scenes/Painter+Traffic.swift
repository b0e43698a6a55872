// Who is on the move, and where at this moment. Every place is a function of time alone.

extension Painter {
  /// Collects moving cars and cyclists.
  func layOutTraffic() {
    let road = scene.road
    var plan = Dice(scene.seed, .traffic)
    let density = plan.range(0.15, 1)
    for lane in 0..<road.lanes {
      let t = road.laneWidth * (Float(lane) + 0.5)
      let other = scene.camera.speed * (0.9 + 0.25 * plan.unit())
      stream(lane: -1 - lane, t: -road.side * t, speed: -other, spacing: 26 / density * plan.range(0.7, 1.3))
      let isMine = abs(scene.camera.lateral - road.side * t) < 0.6 * road.laneWidth
      let speed = scene.camera.speed * (lane == 0 ? 1.08 : 0.86)
      if !isMine { stream(lane: lane, t: road.side * t, speed: speed, spacing: 24 / density) }
    }
    layOutLeaders(&plan)
    let edge = Float(road.lanes) * road.laneWidth + (road.cycleLane ? 0.8 : -0.5)
    if scene.district != .motorway {
      let spacing = plan.range(22, 160)
      stream(lane: 100, t: road.side * edge, speed: scene.camera.speed * 0.45, spacing: spacing, cyclists: true)
      stream(lane: 101, t: -road.side * edge, speed: -4.5, spacing: spacing * 1.3, cyclists: true)
    }
  }

  /// Cars ahead in the camera's own lane, which keep their distance.
  private func layOutLeaders(_ plan: inout Dice) {
    let gap = plan.range(11, 60)
    let slow = Double(plan.range(11, 23))
    for index in 0..<2 where plan.chance(0.75) {
      let sway = 2.5 * Float(Curves.sine(turns: time / slow + Double(index) * 0.3))
      let t = scene.camera.lateral + 0.12 * Float(Curves.sine(turns: time / 7 + 0.4))
      vehicle(
        z: gap + Float(index) * (gap * 0.8 + 9) + sway, t: t, look: plan.bits() & ~(1 << 62), heading: SIMD2(1, 0))
    }
  }

  /// An endless row of cars or cyclists that moves at one speed.
  private func stream(lane: Int, t: Float, speed: Float, spacing: Float, cyclists: Bool = false) {
    let (length, moved) = (Double(spacing), Double(speed) * time)
    let first = Int(((view.travelled - 12 - moved) / length).rounded(.down)) - 1
    let last = Int(((view.travelled + Double(View.reach) - moved) / length).rounded(.up))
    for index in first...last {
      var dice = Dice(scene.seed, .traffic, lane, index)
      let place = (Double(index) + Double(dice.range(-0.3, 0.3))) * length + moved - view.travelled
      let (look, offset) = (dice.bits(), dice.range(-0.25, 0.25))
      let heading = SIMD2<Float>(speed < 0 ? -1 : 1, 0)
      guard cyclists else {
        vehicle(z: Float(place), t: t + offset, look: look & ~(1 << 62), heading: heading)
        continue
      }
      var item = Item(.cyclist, z: Float(place), t: t + offset, height: 1.75, look: look)
      item.heading = heading
      add(item)
    }
  }

  /// Collects the people on the pavements.
  func layOutPeople() {
    guard scene.district.isBuiltUp else { return }
    let road = scene.road
    var plan = Dice(scene.seed, .people)
    let spacing = plan.range(0, 1) * plan.range(4, 60) + 5
    for lane in 0..<4 {
      let outward = road.kerb + road.verge + road.pavement * (lane < 2 ? 0.35 : 0.7)
      let t = lane & 1 == 0 ? road.kerbLeft - outward : road.kerbRight + outward
      walkers(
        lane: lane, t: t, speed: (lane < 2 ? 1.3 : -1.2) * plan.range(0.8, 1.1), spacing: spacing * plan.range(1, 2))
    }
  }

  private func walkers(lane: Int, t: Float, speed: Float, spacing: Float) {
    let (length, moved) = (Double(spacing), Double(speed) * time)
    let first = Int(((view.travelled - moved) / length).rounded(.down)) - 1
    let last = Int(((view.travelled + 120 - moved) / length).rounded(.up))
    for index in first...last {
      var dice = Dice(scene.seed, .people, lane, index)
      guard dice.chance(0.6) else { continue }
      let place = (Double(index) + Double(dice.range(-0.4, 0.4))) * length + moved - view.travelled
      var item = Item(
        .pedestrian, z: Float(place), t: t + dice.range(-0.4, 0.4), height: dice.range(1.5, 1.9), look: dice.bits())
      item.heading = SIMD2(speed < 0 ? -1 : 1, 0)
      add(item)
    }
  }

  /// Collects people on a crossing and cars in a side street.
  func layOutCrossing(_ block: Block, z: Float) {
    var dice = Dice(scene.seed, .crossing, block.index)
    if block.hasCrossing {
      for _ in 0..<dice.below(4) { layOutCrossingPerson(block, z: z, &dice) }
    }
    if block.mouth > 0 { layOutSideTraffic(block, z: z, &dice) }
  }

  /// Somebody who walks at 1.4 m/s while the camera comes nearer, and is across well before it is there.
  private func layOutCrossingPerson(_ block: Block, z: Float, _ dice: inout Dice) {
    let road = scene.road
    let (fromRight, look, late) = (dice.chance(0.5), dice.bits(), dice.range(14, 40))
    let walked = (z - late) * 1.4 / scene.camera.speed
    let width = road.kerbRight - road.kerbLeft + 3
    guard walked > -3, walked < width else { return }
    let t = fromRight ? road.kerbRight + 1.5 - max(0, walked) : road.kerbLeft - 1.5 + max(0, walked)
    let place = z + block.crossing + dice.range(0.4, 2.6)
    var item = Item(.pedestrian, z: place, t: t, height: dice.range(1.5, 1.9), look: look)
    item.heading = SIMD2(0, fromRight ? 1 : -1)
    add(item)
  }

  /// Cars that wait in a side street, and one that crosses ahead of the camera.
  private func layOutSideTraffic(_ block: Block, z: Float, _ dice: inout Dice) {
    let road = scene.road
    for onRight in [false, true] where block.opens(onRight: onRight) && dice.chance(0.5) {
      let sign: Float = onRight ? 1 : -1
      let t = (onRight ? road.plotRight : road.plotLeft) + sign * dice.range(1, 4)
      let part: Float = onRight == (road.side > 0) ? 0.7 : 0.3
      vehicle(z: z + block.mouth * part, t: t, look: dice.bits() & ~(1 << 62), heading: SIMD2(0, -sign))
    }
    if block.sideStreet.left, block.sideStreet.right, dice.chance(0.4) {
      let sign: Float = dice.chance(0.5) ? 1 : -1
      let look = dice.bits() & ~(1 << 62)
      vehicle(z: z + block.mouth * 0.5, t: sign * (32 - z), look: look, heading: SIMD2(0, sign))
    }
  }
}
