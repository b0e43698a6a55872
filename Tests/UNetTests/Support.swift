// Small random networks for the tests.
import Foundation
import Tensors

@testable import UNet

/// A reproducible source of random numbers.
///
/// - Source: Steele et al. 2014, SplitMix64.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

func classes(_ count: Int) -> [PixelClass] {
  (0..<count).map { PixelClass(name: "class \($0)", color: ClassColor(UInt8($0), UInt8(255 - $0), 128)) }
}

/// A network whose norms are like those of a trained one: no two channels alike.
func randomWeights(_ architecture: Architecture, seed: UInt64) -> Weights {
  var random = SplitMix(state: seed)
  var weights = Weights(initial: architecture, using: &random)
  for layer in architecture.layers {
    let count = layer.outputChannels
    func draw(_ range: ClosedRange<Float>) -> [Float] {
      (0..<count).map { _ in Float.random(in: range, using: &random) }
    }
    if layer.hasNorm {
      weights[layer.name]?.norm = BatchNorm(
        scale: draw(0.5...1.5), shift: draw(-0.3...0.5), mean: draw(-0.3...0.3), variance: draw(0.3...2))
    } else {
      weights[layer.name]?.bias = draw(-0.5...0.5)
    }
  }
  return weights
}

func randomModel(stem: Int = 2, widths: [Int] = [5, 8], classCount: Int = 3, seed: UInt64 = 1) throws -> Model {
  let architecture = try Architecture(stem: stem, widths: widths, classes: classes(classCount))
  return try Model(
    name: "test", architecture: architecture, weights: randomWeights(architecture, seed: seed),
    trainingInput: InputSize(height: 4 * architecture.stride, width: 6 * architecture.stride),
    receipt: Receipt(toolVersion: "0"))
}

/// A folder that is gone when the test is over.
func withTemporaryFolder<R>(_ body: (String) throws -> R) throws -> R {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("unet-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder.path)
}
