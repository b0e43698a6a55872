// The road of a scene: what lies across it, and how it winds.

/// The cross-section and the course of a road; lengths in metres, lateral places right of the middle of the road.
struct RoadPlan: Sendable {
  /// 1 where one drives on the right, −1 on the left.
  let side: Float
  /// Lanes in each direction.
  let lanes: Int
  let laneWidth: Float
  /// Width of the strip for parked cars on the left and right; 0 for none.
  let parkingLeft, parkingRight: Float
  let cycleLane: Bool
  /// Grass between kerb and pavement, or beside the road where there is no pavement.
  let verge: Float
  /// 0 for none.
  let pavement: Float
  let kerb: Float
  let hasEdgeLines: Bool
  let hasDoubleCentre: Bool
  /// Colour of the lines: white or yellow.
  let centreTint: Tint
  let asphalt: Tint
  let paving: Tint
  /// Distance between the starts of two blocks, and how much of it a side street takes.
  let blockLength, sideStreet: Float
  let sideStreetChance: Float
  /// Greatest curvature in 1/m, and greatest slope.
  private let bend, slope: Double
  private let phases: SIMD4<Double>

  init(district: District, dice: inout Dice) {
    let isWide = district == .motorway
    side = dice.chance(0.6) ? 1 : -1
    lanes = isWide ? 2 + dice.below(2) : district == .city && dice.chance(0.45) ? 2 : 1
    laneWidth = isWide ? 3.6 : dice.range(2.8, 3.5)
    let parks = district.isBuiltUp && dice.chance(0.75)
    parkingLeft = parks && dice.chance(0.8) ? dice.range(2, 2.3) : 0
    parkingRight = parks && dice.chance(0.8) ? dice.range(2, 2.3) : 0
    cycleLane = district.isBuiltUp && dice.chance(0.25)
    verge = district == .city ? 0 : district.isBuiltUp ? (dice.chance(0.4) ? dice.range(1, 3) : 0) : dice.range(2, 4)
    pavement = district.isBuiltUp ? dice.range(1.6, district == .city ? 5 : 3) : 0
    kerb = district.isBuiltUp ? 0.18 : 0
    hasEdgeLines = !district.isBuiltUp || dice.chance(0.3)
    hasDoubleCentre = dice.chance(0.25)
    centreTint = dice.chance(0.25) ? .rgb(222, 180, 70) : .rgb(226, 226, 220)
    asphalt = Tint(repeating: dice.range(0.38, 0.6)) * Tint(1, dice.range(0.97, 1.01), dice.range(0.94, 1.05))
    paving = Tint(repeating: dice.range(0.42, 0.66)) * Tint(1, dice.range(0.92, 1), dice.range(0.82, 1))
    blockLength = dice.range(70, 130)
    sideStreet = dice.range(7, 13)
    sideStreetChance = isWide ? 0 : district == .country ? 0.12 : 0.6
    let sharpest: Float = district == .city ? 0.003 : district == .motorway ? 0.002 : 0.007
    bend = dice.chance(0.3) ? 0 : Double(dice.range(0, sharpest))
    slope = Double(dice.range(0, district == .city ? 0.018 : 0.035))
    phases = SIMD4(Double(dice.unit()), Double(dice.unit()), Double(dice.unit()), Double(dice.unit()))
  }

  /// Half the width of the carriageway without parking.
  var halfTraffic: Float { Float(lanes) * laneWidth + (cycleLane ? 1.6 : 0) }

  /// Where the kerbs are.
  var kerbLeft: Float { -halfTraffic - parkingLeft }
  var kerbRight: Float { halfTraffic + parkingRight }

  /// Where the plots beside the road begin.
  var plotLeft: Float { kerbLeft - kerb - verge - pavement }
  var plotRight: Float { kerbRight + kerb + verge + pavement }

  /// How far right the road ahead has gone from the straight line, up to a straight line that depends on the start.
  ///
  /// The second integral of the curvature, two sines of incommensurable wavelengths.
  func course(at s: Double) -> (place: Double, direction: Double) {
    waves(s, lengths: (373, 161), phases: (phases.x, phases.y), strength: bend)
  }

  /// Height of the road, up to a straight slope.
  func relief(at s: Double) -> (place: Double, direction: Double) {
    waves(s, lengths: (263, 107), phases: (phases.z, phases.w), strength: slope * 0.017)
  }

  private func waves(
    _ s: Double, lengths: (Double, Double), phases: (Double, Double), strength: Double
  ) -> (place: Double, direction: Double) {
    let (a, b) = (lengths.0 / 6.283185307179586, lengths.1 / 6.283185307179586)
    let (turnA, turnB) = (s / lengths.0 + phases.0, s / lengths.1 + phases.1)
    let place = -a * a * Curves.sine(turns: turnA) - 0.6 * b * b * Curves.sine(turns: turnB)
    let direction = -a * Curves.cosine(turns: turnA) - 0.6 * b * Curves.cosine(turns: turnB)
    return (strength * place, strength * direction)
  }
}
