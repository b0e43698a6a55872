// What is in sight: the plots of the blocks ahead, furniture along the kerb, and everything that moves.

extension Painter {
  /// Metres between lamps along the road.
  static let lampSpacing: Float = 28

  /// Collects everything in sight, farthest first.
  func layOutItems() {
    items.removeAll(keepingCapacity: true)
    let length = Double(scene.road.blockLength)
    let first = Int((view.travelled / length).rounded(.down))
    let last = Int(((view.travelled + Double(View.reach)) / length).rounded(.down))
    for index in first...last {
      let block = Block(index, of: scene)
      let z = Float(block.start - view.travelled)
      layOutPlots(block, z: z)
      layOutFurniture(block, z: z)
      layOutParked(block, z: z)
      layOutCrossing(block, z: z)
    }
    layOutTraffic()
    layOutPeople()
    items.sort { $0.key > $1.key }
  }

  /// Adds a thing unless it is behind the camera or too far.
  func add(_ item: Item) {
    if item.far > View.nearest && item.near < View.reach { items.append(item) }
  }

  private func layOutPlots(_ block: Block, z: Float) {
    for onRight in [false, true] {
      var dice = Dice(scene.seed, .lots, block.index, onRight ? 1 : 0)
      let opens = block.opens(onRight: onRight)
      var place = z + (opens ? block.mouth + 2 : 0)
      let end = z + scene.road.blockLength - (opens ? 0 : 0.5)
      if opens { layOutSideStreet(block, z: z, onRight: onRight, &dice) }
      layOutBackground(block, from: place, to: end, onRight: onRight, &dice)
      while place < end - 4 {
        let width = min(plotWidth(block.plots(onRight: onRight), &dice), end - place)
        layOutPlot(block, place...(place + width), onRight: onRight, Dice(dice.bits()))
        place += width
      }
    }
  }

  private func plotWidth(_ plots: Block.Plots, _ dice: inout Dice) -> Float {
    switch plots {
    case .terrace: dice.range(5, 8)
    case .shops: dice.range(7, 16)
    case .towers: dice.range(18, 34)
    case .houses: dice.range(13, 20)
    case .park, .field, .yard: dice.range(9, 16)
    }
  }

  /// A span across, given outwards from the edge of the plots.
  private func across(_ from: Float, _ to: Float, onRight: Bool) -> ClosedRange<Float> {
    let road = scene.road
    return onRight ? road.plotRight + from...road.plotRight + to : road.plotLeft - to...road.plotLeft - from
  }

  private func layOutPlot(_ block: Block, _ z: ClosedRange<Float>, onRight: Bool, _ seed: Dice) {
    var dice = seed
    let setbacks = Dice(scene.seed, .lots, block.index, onRight ? 3 : 2)
    var shared = setbacks
    let setback = shared.range(0, 1)
    switch block.plots(onRight: onRight) {
    case .terrace:
      let garden = setback < 0.4 ? 0 : 1 + setback * 3
      house(z, across(garden, garden + 9, onRight: onRight), dice.range(2, 3.6).rounded(.down) * 2.9 + 0.4, &dice)
      if garden > 0 { boundary(z, onRight: onRight, kind: shared.below(3), height: 0.9, &dice) }
    case .shops:
      house(z, across(0, 12, onRight: onRight), dice.range(2, 6).rounded(.down) * 3.2 + 1, &dice)
    case .towers:
      let inner = z.lowerBound...max(z.lowerBound + 4, z.upperBound - dice.range(0, 5))
      house(
        inner, across(setback * 5, setback * 5 + 18, onRight: onRight), dice.range(4, 13).rounded(.down) * 3.3 + 1,
        &dice)
    case .houses: layOutHouse(z, onRight: onRight, setback: 3 + setback * 4, boundary: shared.below(4), &dice)
    case .park: layOutPark(z, onRight: onRight, boundary: shared.below(4), &dice)
    case .field: layOutField(z, onRight: onRight, &dice)
    case .yard: layOutYard(z, onRight: onRight, boundary: shared.below(2), &dice)
    }
  }

  private func house(_ z: ClosedRange<Float>, _ t: ClosedRange<Float>, _ height: Float, _ dice: inout Dice) {
    add(Item(.building, z: z, t: t, height: height, look: dice.bits()))
  }

  /// What separates a plot from the pavement: a hedge, a wall, a fence or nothing.
  private func boundary(_ z: ClosedRange<Float>, onRight: Bool, kind: Int, height: Float, _ dice: inout Dice) {
    let kinds: [Item.Kind] = [.hedge, .wall, .fence, .railing]
    let t = across(0, 0.5, onRight: onRight)
    add(Item(kinds[kind], z: z, t: t, height: height * dice.range(0.95, 1.05), look: scene.seed, behind: -0.1))
  }

  private func layOutHouse(
    _ z: ClosedRange<Float>, onRight: Bool, setback: Float, boundary kind: Int, _ dice: inout Dice
  ) {
    let inner = z.lowerBound + 2...max(z.lowerBound + 5, z.upperBound - dice.range(2, 5))
    house(inner, across(setback, setback + 9, onRight: onRight), dice.chance(0.6) ? 5.6 : 3, &dice)
    let tree = across(setback * 0.6, setback * 0.6, onRight: onRight).lowerBound
    if dice.chance(0.5) {
      add(Item(.tree, z: z.upperBound - 1, t: tree, height: dice.range(3, 8), look: dice.bits(), behind: 0.5))
    }
    if dice.chance(0.5) {
      add(Item(.bush, z: z.lowerBound + 1, t: tree, height: dice.range(1, 2), look: dice.bits(), behind: 0.5))
    }
    boundary(z.lowerBound...z.upperBound - 3, onRight: onRight, kind: kind, height: 1.1, &dice)
  }

  private func layOutPark(_ z: ClosedRange<Float>, onRight: Bool, boundary kind: Int, _ dice: inout Dice) {
    for _ in 0..<3 {
      let t = across(0, 0, onRight: onRight).lowerBound + (onRight ? 1 : -1) * dice.range(1.5, 22)
      let place = dice.range(z.lowerBound, z.upperBound)
      add(Item(.tree, z: place, t: t, height: dice.range(6, 13), look: dice.bits(), behind: 2))
    }
    boundary(z, onRight: onRight, kind: kind, height: kind == 0 ? 1.5 : 1.2, &dice)
  }

  private func layOutField(_ z: ClosedRange<Float>, onRight: Bool, _ dice: inout Dice) {
    if scene.district == .motorway {
      add(Item(.guardRail, z: z, t: across(-1.4, -1, onRight: onRight), height: 0.75, look: 1))
    } else {
      boundary(z, onRight: onRight, kind: 2, height: 1.2, &dice)
    }
    guard dice.chance(0.6) else { return }
    let t = across(0, 0, onRight: onRight).lowerBound + (onRight ? 1 : -1) * dice.range(2, 30)
    let kind: Item.Kind = dice.chance(0.5) ? .tree : .bush
    let height = kind == .tree ? dice.range(4, 11) : dice.range(1, 2.4)
    add(Item(kind, z: dice.range(z.lowerBound, z.upperBound), t: t, height: height, look: dice.bits(), behind: 2))
  }

  private func layOutYard(_ z: ClosedRange<Float>, onRight: Bool, boundary kind: Int, _ dice: inout Dice) {
    if dice.chance(0.35) { house(z, across(16, 30, onRight: onRight), dice.range(5, 10), &dice) }
    if dice.chance(0.5) {
      let t = across(3, 3, onRight: onRight).lowerBound
      add(
        Item(.tree, z: (z.lowerBound + z.upperBound) / 2, t: t, height: dice.range(5, 9), look: dice.bits(), behind: 6))
    }
    let item: Item.Kind = kind == 0 ? .wall : .railing
    add(Item(item, z: z, t: across(0, 0.3, onRight: onRight), height: 2, look: scene.seed, behind: -0.1))
  }

  /// A row of trees or houses far from the road that closes gaps.
  private func layOutBackground(_ block: Block, from near: Float, to far: Float, onRight: Bool, _ dice: inout Dice) {
    let isTown = scene.district == .city || scene.district == .town
    let distance = dice.range(26, 44)
    let t = across(distance, distance + 1, onRight: onRight)
    guard !isTown else {
      let height = dice.range(7, 15)
      add(
        Item(
          .building, z: near...far, t: t.lowerBound...t.upperBound + 8, height: height, look: dice.bits(), behind: 60))
      return
    }
    add(Item(.treeLine, z: near...far, t: t, height: dice.range(5, 10), look: dice.bits(), behind: 60))
  }

  /// Houses along a side street, beyond its mouth.
  private func layOutSideStreet(_ block: Block, z: Float, onRight: Bool, _ dice: inout Dice) {
    guard scene.district.isBuiltUp else { return }
    let near = z + block.mouth + 2
    var out: Float = 14
    while out < 60 {
      let width = dice.range(8, 14)
      let t = across(out, out + width, onRight: onRight)
      house(near...near + 8, t, dice.range(5, 11), &dice)
      items.indices.last.map { items[$0].key += 0.5 + out * 0.01 }
      out += width + (dice.chance(0.3) ? 4 : 0)
    }
    let end = across(60, 64, onRight: onRight)
    add(
      Item(.building, z: z - 6...z + block.mouth + 6, t: end, height: dice.range(6, 14), look: dice.bits(), behind: 30))
  }
}
