// A guess of how far away what a driver's camera sees is.
import Foundation
import Frames

/// Which labels are ground and which are sky.
struct SceneClasses: Sendable {
  private var isGround = [Bool](repeating: false, count: 256)
  private var isSky = [Bool](repeating: false, count: 256)
  private var isVehicle = [Bool](repeating: false, count: 256)
  /// Whether there is a class of ground.
  let knowsGround: Bool

  private static let ground: Set = [
    "road", "pavement", "sidewalk", "lane line", "lane marking", "drivable", "ground", "parking", "terrain",
  ]
  private static let vehicles: Set = ["car", "vehicle", "truck", "bus"]

  /// - Parameter sets: label codes of several classes count as ground where all of them are ground.
  init(_ classNames: [String], sets: LabelSets?) {
    for (label, name) in classNames.enumerated() where label < Int(ignoreLabel) {
      isGround[label] = SceneClasses.ground.contains(name)
      isSky[label] = name == "sky" || name == "none"
      isVehicle[label] = SceneClasses.vehicles.contains(name)
    }
    for (place, members) in (sets?.members ?? []).enumerated() {
      isGround[classNames.count + place] = members.allSatisfy { SceneClasses.ground.contains(classNames[Int($0)]) }
    }
    knowsGround = isGround.contains(true)
  }

  func isGround(_ label: UInt8) -> Bool { isGround[Int(label)] }
  func isSky(_ label: UInt8) -> Bool { isSky[Int(label)] }
  func isVehicle(_ label: UInt8) -> Bool { isVehicle[Int(label)] }
}

/// The horizon and the distances in a crop, from where the crop lies and what its labels are.
///
/// The camera is taken to look straight ahead, 1.5 m above flat ground, with a picture as wide as its focal length and the
/// horizon a little above the middle. What stands on the ground is as far as its foot.
struct SceneView {
  let classes: SceneClasses
  /// Row of the horizon, which may lie outside.
  let horizon: Float
  /// Metres times rows below the horizon, of the ground.
  private let reach: Float
  /// Metres, at every fourth pixel.
  let distance: SmoothField

  static let farthest: Float = 400
  /// Row of the horizon as a share of a picture's height.
  private static let level = 0.45

  init(_ canvas: Canvas, _ variation: Variation, picture: LabelledPicture, classes: SceneClasses) {
    self.classes = classes
    let offset = (SceneView.level * Double(picture.height) - variation.centerY) / variation.yy
    var horizon = Float(Double(canvas.height) / 2 + offset)
    if let top = SceneView.firstGroundRow(canvas, classes) { horizon = min(horizon, Float(top) - 3) }
    self.horizon = horizon
    reach = Float(1.5 * Double(picture.width) / variation.yy)
    var field = SmoothField(canvas)
    var seen = [UInt8](repeating: ignoreLabel, count: field.values.count)
    for column in 0..<field.columns {
      SceneView.scan(column, of: &field, &seen, canvas, classes, horizon: horizon, reach: reach)
    }
    for _ in 0..<2 { SceneView.even(&field, seen) }
    distance = field
  }

  /// Metres to the ground at a row.
  static func ground(_ y: Float, horizon: Float, reach: Float) -> Float {
    y > horizon ? min(farthest, reach / max(1, y - horizon)) : farthest
  }

  /// How near a row of ground is: 0 at the horizon, 1 at the bottom.
  func nearness(_ y: Int, height: Int) -> Float {
    max(0, min(1, (Float(y) - horizon) / max(1, Float(height) - horizon)))
  }

  /// Whether a pixel is ground; below the horizon all is, where labels do not tell.
  func isGround(_ canvas: Canvas, _ x: Int, _ y: Int) -> Bool {
    guard classes.knowsGround else { return Float(y) > horizon }
    return classes.isGround(canvas.labels[min(y, canvas.height - 1) * canvas.width + min(x, canvas.width - 1)])
  }

  private static func firstGroundRow(_ canvas: Canvas, _ classes: SceneClasses) -> Int? {
    (0..<canvas.height / 8).map { $0 * 8 }.first { y in
      stride(from: 0, to: canvas.width, by: 8).contains { classes.isGround(canvas.labels[y * canvas.width + $0]) }
    }
  }

  /// Goes up a column: ground by its row, things at the distance of their foot, what looks out above them farther off.
  private static func scan(
    _ column: Int, of field: inout SmoothField, _ seen: inout [UInt8], _ canvas: Canvas, _ classes: SceneClasses,
    horizon: Float, reach: Float
  ) {
    let x = min(column * SmoothField.step, canvas.width - 1)
    var depth = ground(Float(canvas.height), horizon: horizon, reach: reach)
    var previous = ignoreLabel
    for row in (0..<field.rows).reversed() {
      let y = min(row * SmoothField.step, canvas.height - 1)
      let label = canvas.labels[y * canvas.width + x]
      if classes.isSky(label) {
        depth = farthest
      } else if classes.isGround(label) || !classes.knowsGround {
        depth = max(depth, min(120, ground(Float(y), horizon: horizon, reach: reach)))
      } else if label != previous, !classes.isGround(previous), previous != ignoreLabel {
        depth = min(150, depth * 1.4)
      }
      field.values[row * field.columns + column] = depth
      seen[row * field.columns + column] = label
      previous = label
    }
  }

  /// Evens out what neighbouring columns say of the same thing: means over places in a row that have the same label.
  private static func even(_ field: inout SmoothField, _ seen: [UInt8]) {
    let (before, reach) = (field.values, 6)
    for row in 0..<field.rows {
      let line = row * field.columns
      for column in 0..<field.columns {
        let label = seen[line + column]
        var (sum, count): (Float, Float) = (0, 0)
        for near in max(0, column - reach)...min(field.columns - 1, column + reach) where seen[line + near] == label {
          sum += before[line + near]
          count += 1
        }
        field.values[line + column] = sum / count
      }
    }
  }
}
