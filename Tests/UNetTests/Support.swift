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

func randomModel(
  stem: Int = 2, widths: [Int] = [5, 8], up: Upsampling = .standard, classCount: Int = 3, seed: UInt64 = 1
) throws -> Model {
  let architecture = try Architecture(stem: stem, widths: widths, up: up, classes: classes(classCount))
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
      pixels.append(UInt8.random(in: 0...255, using: &random))
    }
  }
  return pixels
}

/// A random model, calibrated on three pictures of `size` and quantised.
func quantizedModel(
  stem: Int, widths: [Int], up: Upsampling = .standard, classCount: Int, size: InputSize, seed: UInt64 = 1
) throws -> Model {
  let model = try randomModel(stem: stem, widths: widths, up: up, classCount: classCount, seed: seed)
  var ranges = ActivationRanges()
  for seed in 1...3 as ClosedRange<UInt64> {
    let picture = FloatTensor(rgb: randomPicture(size, seed: seed), height: size.height, width: size.width)
    try ranges.include(picture, through: FloatNetwork(model))
  }
  return try model.with(
    quantized: Quantizer.quantize(model.architecture, weights: model.weights, ranges: ranges))
}

/// A network's labels and activations on one picture.
struct Observed: Equatable {
  var labels: [UInt8]
  var activations: [String: [UInt8]] = [:]

  init(_ network: Int8Network, _ picture: [UInt8]) {
    let size = network.plan.labelSize
    labels = [UInt8](repeating: 77, count: size.pixels)
    network.write(picture)
    var seen: [String: [UInt8]] = [:]
    labels.withUnsafeMutableBufferPointer { labels in
      network.run(labels: labels.baseAddress!, labelStride: size.width) { seen[$0] = $1 }
    }
    activations = seen
  }
}

extension Int8Network {
  /// Writes a dense picture in place.
  func write(_ picture: [UInt8]) {
    let rowBytes = 4 * plan.inputSize.width
    for y in 0..<plan.inputSize.height {
      for i in 0..<rowBytes { self.picture.pixels[y * self.picture.stride + i] = picture[y * rowBytes + i] }
    }
  }

  /// The labels of a dense picture.
  func labels(_ picture: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: plan.labelSize.pixels) { labels, count in
      run(
        pixels: picture, stride: 4 * plan.inputSize.width, labels: labels.baseAddress!,
        labelStride: plan.labelSize.width)
      count = plan.labelSize.pixels
    }
  }

  /// The logits of a dense picture.
  func logits(_ picture: [UInt8]) -> [Float] {
    write(picture)
    let count = plan.labelSize.pixels * plan.architecture.classes.count
    var labels = [UInt8](repeating: 0, count: plan.labelSize.pixels)
    return [Float](unsafeUninitializedCapacity: count) { logits, filled in
      run(labels: &labels, labelStride: plan.labelSize.width, logits: logits.baseAddress!)
      filled = count
    }
  }
}
