// Scenes drawn on the fly as a data set.
import Frames
import Scenes
import UNet

/// Pictures of streets that do not exist, with exact labels: each of another street, light and weather.
///
/// The path is the size, `WIDTHxHEIGHT`, 480x360 when left out; the split `val` has streets of its own.
struct SceneSource: LabelledSource {
  let specification: String
  let classes = SceneClass.allCases.map {
    PixelClass(name: $0.name, color: ClassColor($0.color.red, $0.color.green, $0.color.blue))
  }
  var classNames: [String] { classes.map(\.name) }
  let changes: ClassMapFile?
  /// Pictures of an epoch; the same ones come again in the next.
  let count: Int
  private let width, height: Int
  private let firstSeed: UInt64

  /// - Throws: `TrainingError.specification` for a size that is none, or an unknown split.
  init(_ specification: DataSpecification, changes: ClassMapFile? = nil) throws(TrainingError) {
    let text = specification.description
    (self.specification, self.changes) = (specification.shareable, changes)
    guard specification.labels == nil, specification.choice == nil else {
      throw .specification(text, reason: "scenes have labels of their own and the splits train and val, nothing else")
    }
    let size = specification.path.isEmpty ? "480x360" : specification.path
    let sides = size.split(separator: "x").compactMap { Int($0) }
    guard sides.count == 2, sides.allSatisfy({ (16...4096).contains($0) }) else {
      throw .specification(text, reason: "scenes have a size for a path, such as scenes:480x360, or nothing")
    }
    (width, height) = (sides[0], sides[1])
    switch specification.split {
    case "", "train": (count, firstSeed) = (500, 1_000)
    case "val": (count, firstSeed) = (60, 900_000)
    default: throw .specification(text, reason: "scenes have the splits train and val")
    }
  }

  func name(at index: Int) -> String { "scene \(firstSeed + UInt64(index))" }

  func picture(at index: Int) throws(TrainingError) -> LabelledPicture {
    let seed = firstSeed + UInt64(index)
    var random = SeededRandom(seed: seed)
    let moment = Int.random(in: 0..<3_000, using: &random)
    let drawn = SceneRenderer(width: width, height: height, format: .rgb24).render(Scene(seed: seed), frame: moment)
    return LabelledPicture(frame: drawn.frame, map: drawn.labels)
  }
}
