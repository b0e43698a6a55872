// Small networks and data that the tests share.
import Foundation
import UNet

@testable import Training

enum Fixtures {
  static let classes = ["sky", "road", "car"].map { PixelClass(name: $0, color: ClassColor(1, 2, 3)) }

  static func architecture(stem: Int = 2, widths: [Int] = [8, 16]) throws -> Architecture {
    try Architecture(stem: stem, widths: widths, classes: classes)
  }

  /// Random weights with norms that do something.
  static func weights(_ architecture: Architecture, seed: UInt64 = 3) -> Weights {
    var random = SeededRandom(seed: seed)
    var weights = Weights(initial: architecture, using: &random)
    for name in weights.layers.keys.sorted() {
      guard let count = weights.layers[name]?.norm?.scale.count else { continue }
      func draw(_ range: ClosedRange<Float>) -> [Float] { (0..<count).map { _ in .random(in: range, using: &random) } }
      weights.layers[name]?.norm = BatchNorm(
        scale: draw(0.5...1.5), shift: draw(-0.2...0.5), mean: draw(-0.3...0.3), variance: draw(0.3...2))
    }
    return weights
  }

  static func model(_ architecture: Architecture) throws -> Model {
    try Model(
      name: "test", architecture: architecture, weights: weights(architecture),
      trainingInput: InputSize(height: 4 * architecture.stride, width: 4 * architecture.stride),
      receipt: Receipt(toolVersion: "test"))
  }

  /// Holds the folders of all tests, and is deleted when the process ends.
  private static let folders: String = {
    atexit { try? FileManager.default.removeItem(atPath: Fixtures.folders) }  // nothing depends on it
    return NSTemporaryDirectory() + "verge-training-" + UUID().uuidString
  }()

  /// An empty folder that the test may fill.
  static func folder() throws -> String {
    let path = folders + "/" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }
}

/// Pictures whose class follows from their colour: blue above is sky, grey below is road, with a red car.
struct ToySource: LabelledSource {
  let specification = "toy:"
  let classNames = ["sky", "road", "car"]
  var count = 8
  var width = 48
  var height = 32

  func name(at index: Int) -> String { "toy \(index)" }

  func picture(at index: Int) throws(TrainingError) -> LabelledPicture {
    var random = SeededRandom(seed: 5, index: UInt64(index))
    let horizon = Int.random(in: 8..<24, using: &random)
    let car = Int.random(in: 0..<(width - 12), using: &random)
    var (rgb, labels): ([UInt8], [UInt8]) = ([], [])
    for y in 0..<height {
      for x in 0..<width {
        let isCar = (car..<(car + 12)).contains(x) && (horizon - 2..<horizon + 6).contains(y)
        let label: UInt8 = isCar ? 2 : y < horizon ? 0 : 1
        labels.append(label)
        let color: [Int] = [[60, 90, 200], [90, 90, 90], [200, 40, 30]][Int(label)]
        rgb += color.map { UInt8($0 + Int.random(in: -20...20, using: &random)) }
      }
    }
    return LabelledPicture(width: width, height: height, rgb: rgb, labels: labels)
  }
}
