// Where things of the street are in the picture.
import Frames

/// The camera at one moment.
///
/// Places are `z` metres ahead along the road, `t` metres right of the middle of the road and `h` metres above it. The
/// road bends and climbs by shearing: a point keeps its depth and moves sideways and up with the road under it, so that a
/// row of the picture has one depth and a wall across the road stays upright and level.
final class View {
  /// How far things are drawn, in metres.
  static let reach: Float = 230
  /// Nothing nearer is drawn.
  static let nearest: Float = 0.35
  private static let spacing: Float = 2
  private static let samples = 180

  let width, height: Int
  private(set) var focal: Float = 1
  private(set) var centerX: Float = 0
  private(set) var horizon: Float = 0
  private(set) var eyeHeight: Float = 1.4
  private(set) var eyeT: Float = 0
  /// Metres from the road's zero to the camera.
  private(set) var travelled = 0.0
  /// Depth of the road in each row; infinite above it.
  let rowDepth: UnsafeMutablePointer<Float>
  /// The first row that shows ground.
  private(set) var firstGroundRow = 0
  private let bends, rises: UnsafeMutablePointer<Float>

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    rowDepth = .allocate(capacity: height)
    bends = .allocate(capacity: Self.samples + 2)
    rises = .allocate(capacity: Self.samples + 2)
    rowDepth.initialize(repeating: .infinity, count: height)
    bends.initialize(repeating: 0, count: Self.samples + 2)
    rises.initialize(repeating: 0, count: Self.samples + 2)
  }

  deinit {
    rowDepth.deallocate()
    bends.deallocate()
    rises.deallocate()
  }

  /// Metres travelled at `time` seconds: the speed varies a little.
  static func travelled(_ scene: Scene, time: Double) -> Double {
    let wave = Double(scene.camera.speed) * 0.9
    return Double(scene.camera.start) + Double(scene.camera.speed) * time + wave * Curves.sine(turns: time / 19)
  }

  /// Points the camera as it is `time` seconds after the start of a scene.
  func aim(_ scene: Scene, time: Double) {
    let plan = scene.camera
    let sway = plan.sway
    travelled = Self.travelled(scene, time: time)
    focal = plan.focal * Float(max(width, height * 4 / 3))
    let yaw = sway * 0.006 * Float(Curves.sine(turns: time / 5.3) + 0.4 * Curves.sine(turns: time / 1.7))
    centerX = Float(width) * (0.5 + yaw)
    let pitch =
      Curves.sine(turns: time / 2.9) + 0.5 * Curves.sine(turns: time / 0.83) + 0.2 * Curves.sine(turns: time / 0.31)
    horizon = Float(height) * (plan.horizon + sway * 0.0028 * Float(pitch))
    eyeHeight = plan.height + sway * 0.012 * Float(Curves.sine(turns: time / 1.1))
    eyeT = plan.lateral + sway * 0.12 * Float(Curves.sine(turns: time / 9.1))
    followRoad(scene.road)
    findRows()
  }

  private func followRoad(_ road: RoadPlan) {
    let (course, relief) = (road.course(at: travelled), road.relief(at: travelled))
    for index in 0..<Self.samples + 2 {
      let z = Double(index) * Double(Self.spacing)
      bends[index] = Float(road.course(at: travelled + z).place - course.place - course.direction * z)
      rises[index] = Float(road.relief(at: travelled + z).place - relief.place - relief.direction * z)
    }
  }

  /// Solves for the depth of each row, from the bottom up; depths never shrink towards the top.
  private func findRows() {
    var depth: Float = 0
    firstGroundRow = height
    for y in stride(from: height - 1, through: 0, by: -1) {
      let drop = Float(y) + 0.5 - horizon
      rowDepth[y] = .infinity
      guard drop > 0.05 else { continue }
      var z = focal * eyeHeight / drop
      for _ in 0..<3 where z < 340 { z = focal * max(0.05, eyeHeight - rise(z)) / drop }
      depth = max(depth, z)
      guard depth < 330 else { continue }
      rowDepth[y] = depth
      firstGroundRow = y
    }
  }

  @inline(__always)
  private func lookUp(_ table: UnsafeMutablePointer<Float>, _ z: Float) -> Float {
    let place = min(Float(Self.samples), max(0, z / Self.spacing))
    let index = Int(place)
    return table[index] + (table[index + 1] - table[index]) * (place - Float(index))
  }

  /// How far right, and how far up, the road is at depth `z` from where it would be straight and level.
  func bend(_ z: Float) -> Float { lookUp(bends, z) }
  func rise(_ z: Float) -> Float { lookUp(rises, z) }

  /// Pixels a metre at depth `z`.
  func scale(_ z: Float) -> Float { focal / max(z, Self.nearest) }

  /// The place in the picture of a point; a point too near is taken to the nearest depth.
  func project(_ z: Float, _ t: Float, _ h: Float) -> SIMD2<Float> {
    let scale = scale(z)
    return SIMD2(centerX + (t + bend(z) - eyeT) * scale, horizon + (eyeHeight - h - rise(z)) * scale)
  }
}
