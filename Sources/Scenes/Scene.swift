// What one seed stands for: a street, its light and weather, and the car that drives along it.

/// A street without end, seen from a car; the same for the same seed, on every machine.
///
/// A scene is a handful of numbers and cheap to make. What stands where follows from the seed and the place, so that any
/// frame can be drawn without those before it.
public struct Scene: Sendable {
  public let seed: UInt64
  let district: District
  let road: RoadPlan
  let weather: Weather
  let camera: CameraPlan

  public init(seed: UInt64) {
    var dice = Dice(seed, .scene)
    self.seed = seed
    district = District.draw(&dice)
    road = RoadPlan(district: district, dice: &dice)
    weather = Weather(dice: &dice)
    camera = CameraPlan(road: road, district: district, dice: &dice)
  }
}

/// What kind of place a street runs through.
enum District: Int, CaseIterable {
  case city, town, suburb, country, motorway

  static func draw(_ dice: inout Dice) -> District {
    let roll = dice.unit()
    return roll < 0.34 ? .city : roll < 0.64 ? .town : roll < 0.84 ? .suburb : roll < 0.93 ? .country : .motorway
  }

  /// Metres a second of the cars.
  var speed: ClosedRange<Float> {
    switch self {
    case .city, .town: 6...12
    case .suburb: 8...14
    case .country: 14...20
    case .motorway: 22...30
    }
  }

  var isBuiltUp: Bool { self == .city || self == .town || self == .suburb }
}

/// The car with the camera.
struct CameraPlan: Sendable {
  /// Metres a second along the road.
  let speed: Float
  /// Metres right of the middle of the road.
  let lateral: Float
  /// Metres above the road.
  let height: Float
  /// Focal length in widths of the picture.
  let focal: Float
  /// Where the horizon is when the car does not sway, in heights of the picture from the top.
  let horizon: Float
  /// How much the car sways, 1 for an ordinary one.
  let sway: Float
  /// How high the bonnet reaches from the lower edge, in heights of the picture; 0 where it is out of sight.
  let bonnet: Float
  /// Metres from the road's zero at frame 0.
  let start: Float

  init(road: RoadPlan, district: District, dice: inout Dice) {
    speed = dice.range(district.speed.lowerBound, district.speed.upperBound)
    lateral = road.side * road.laneWidth * (Float(dice.below(road.lanes)) + 0.5) + dice.range(-0.3, 0.3)
    height = dice.range(1.15, 1.75) + (dice.chance(0.15) ? 0.8 : 0)
    focal = dice.range(0.62, 1.15)
    horizon = dice.range(0.38, 0.52)
    sway = dice.range(0.4, 1.4)
    bonnet = dice.chance(0.15) ? dice.range(0.05, 0.14) : 0
    start = dice.range(0, 4000)
  }
}
