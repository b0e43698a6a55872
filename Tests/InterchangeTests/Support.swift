// What the tests of the interchange share.
import Foundation
import UNet

@testable import Interchange

/// A folder that is gone when the test is over.
func withTemporaryFolder<R>(_ body: (String) throws -> R) throws -> R {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("interchange-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder.path)
}

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

/// A random model with norms like those of a trained one, quantised on pictures of `size`.
func randomModel(
  stem: Int = 2, widths: [Int] = [6, 10, 9], up: Upsampling = .standard, size: InputSize, seed: UInt64 = 1
) throws -> Model {
  let classes = (0..<4).map { PixelClass(name: "class \($0)", color: ClassColor(UInt8($0), 200, 16)) }
  let architecture = try Architecture(stem: stem, widths: widths, up: up, classes: classes)
  var random = SplitMix(state: seed)
  var weights = Weights(initial: architecture, using: &random)
  for layer in architecture.layers {
    func draw(_ range: ClosedRange<Float>) -> [Float] {
      (0..<layer.outputChannels).map { _ in Float.random(in: range, using: &random) }
    }
    if layer.hasNorm {
      weights[layer.name]?.norm = BatchNorm(
        scale: draw(0.5...1.5), shift: draw(-0.3...0.5), mean: draw(-0.3...0.3), variance: draw(0.3...2))
    } else {
      weights[layer.name]?.bias = draw(-0.5...0.5)
    }
  }
  var receipt = Receipt(toolVersion: "0")
  receipt.dataSets = [.init(spec: "made:", use: "train", images: 1, license: "CC0")]
  let float = try Model(
    name: "test", architecture: architecture, weights: weights, trainingInput: size, receipt: receipt)
  var ranges = ActivationRanges()
  for seed in 1...3 as ClosedRange<UInt64> {
    let picture = randomPicture(size, seed: seed)
    try ranges.include(
      FloatTensor(rgb: picture, height: size.height, width: size.width), through: FloatNetwork(float))
  }
  return try float.with(quantized: Quantizer.quantize(architecture, weights: weights, ranges: ranges))
}

/// A picture with soft shapes and some noise, rgb0.
func randomPicture(_ size: InputSize, seed: UInt64) -> [UInt8] {
  var random = SplitMix(state: seed)
  let phases = (0..<6).map { _ in Double.random(in: 0...6, using: &random) }
  var pixels: [UInt8] = []
  for y in 0..<size.height {
    for x in 0..<size.width {
      for c in 0..<3 {
        let wave = sin(Double(y) / 5 + phases[c]) + cos(Double(x) / 7 + phases[3 + c])
        pixels.append(UInt8(128 + 50 * wave + Double.random(in: -20...20, using: &random)))
      }
      pixels.append(0)
    }
  }
  return pixels
}

extension Int8Network {
  /// The labels of an rgb0 picture of the plan's size.
  ///
  /// - Parameter observe: gets each activation's name and codes `[H, W, C]`.
  func labels(_ picture: [UInt8], observe: (_ name: String, _ codes: [UInt8]) -> Void = { _, _ in }) -> [UInt8] {
    let rowBytes = 4 * plan.inputSize.width
    for y in 0..<plan.inputSize.height {
      for i in 0..<rowBytes { self.picture.pixels[y * self.picture.stride + i] = picture[y * rowBytes + i] }
    }
    var labels = [UInt8](repeating: 99, count: plan.labelSize.pixels)
    run(labels: &labels, labelStride: plan.labelSize.width, observe: observe)
    return labels
  }
}

extension Value {
  /// An rgb0 picture as an export takes it: `[1, 3, H, W]` in 0…1.
  init(picture: [UInt8], _ size: InputSize) {
    self.init(
      shape: [1, 3, size.height, size.width],
      numbers: (0..<3).flatMap { c in (0..<size.pixels).map { Double(Float(picture[4 * $0 + c]) / 255) } })
  }

  /// The index of the largest of the channels of each pixel.
  var labels: [UInt8] {
    let pixels = shape[2] * shape[3]
    return (0..<pixels).map { pixel in
      UInt8((1..<shape[1]).reduce(0) { numbers[$1 * pixels + pixel] > numbers[$0 * pixels + pixel] ? $1 : $0 })
    }
  }
}
