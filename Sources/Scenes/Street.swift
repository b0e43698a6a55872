// The ground plan: blocks, side streets and plots.

/// A stretch of street between the starts of two blocks; a side street may take its first metres.
struct Block {
  let index: Int
  /// Metres from the road's zero.
  let start, end: Double
  let plots: (left: Plots, right: Plots)
  let sideStreet: (left: Bool, right: Bool)
  /// Length of the side street's mouth; 0 where there is none.
  let mouth: Float
  let hasCrossing: Bool
  let hasTrafficLights: Bool

  /// What stands on one side of a block.
  enum Plots { case terrace, shops, towers, houses, park, field, yard }

  init(_ index: Int, of scene: Scene) {
    let road = scene.road
    var dice = Dice(scene.seed, .block, index)
    self.index = index
    start = Double(index) * Double(road.blockLength)
    end = start + Double(road.blockLength)
    let opens = dice.chance(road.sideStreetChance)
    sideStreet = opens ? (dice.chance(0.75), dice.chance(0.75)) : (false, false)
    mouth = sideStreet.left || sideStreet.right ? road.sideStreet : 0
    hasTrafficLights = mouth > 0 && scene.district == .city && dice.chance(0.6)
    hasCrossing = scene.district.isBuiltUp && (hasTrafficLights || dice.chance(0.3))
    plots = (Self.draw(scene.district, &dice), Self.draw(scene.district, &dice))
  }

  private static func draw(_ district: District, _ dice: inout Dice) -> Plots {
    switch district {
    case .city: dice.pick([.shops, .shops, .towers, .terrace, .towers, .park])
    case .town: dice.pick([.terrace, .terrace, .shops, .houses, .park, .yard])
    case .suburb: dice.pick([.houses, .houses, .houses, .terrace, .park, .yard])
    case .country: dice.pick([.field, .field, .park, .houses])
    case .motorway: dice.pick([.field, .park, .field, .yard])
    }
  }

  func plots(onRight: Bool) -> Plots { onRight ? plots.right : plots.left }
  func opens(onRight: Bool) -> Bool { onRight ? sideStreet.right : sideStreet.left }

  /// Metres from the block's start to the stripes where people cross.
  var crossing: Float { mouth + 3 }
  static let crossingLength: Float = 3

  /// Colour of the ground beside the pavement.
  func groundTint(onRight: Bool) -> (tint: Tint, label: SceneClass) {
    switch plots(onRight: onRight) {
    case .terrace, .houses, .park: (.rgb(96, 132, 62), .terrain)
    case .field: (index & 1 == 0 ? .rgb(128, 140, 70) : .rgb(104, 136, 60), .terrain)
    case .shops, .towers: (.rgb(148, 144, 138), .pavement)
    case .yard: (.rgb(126, 120, 108), .terrain)
    }
  }
}
