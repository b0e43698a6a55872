// The registry of checks of the training kernels: every kernel of a tier against tier `c`, within the header's bound.
import CKernels
public import Tensors

/// The check of one kind of layer in one direction.
public struct TrainingCheck: Sendable {
  public let name: String
  private let kind: TrainingLayerKind
  private let isGradient: Bool

  /// All checks.
  public static let all: [TrainingCheck] = [
    TrainingCheck(name: "train_conv3x3", kind: .convolution, isGradient: false),
    TrainingCheck(name: "train_conv3x3_stride2", kind: .convolutionStride2, isGradient: false),
    TrainingCheck(name: "train_conv3x3_back", kind: .convolutionBack, isGradient: false),
    TrainingCheck(name: "train_upconv2x2", kind: .upconvolution, isGradient: false),
    TrainingCheck(name: "train_upconv2x2_back", kind: .upconvolutionBack, isGradient: false),
    TrainingCheck(name: "train_conv3x3_weights", kind: .convolution, isGradient: true),
    TrainingCheck(name: "train_conv3x3_stride2_weights", kind: .convolutionStride2, isGradient: true),
    TrainingCheck(name: "train_upconv2x2_weights", kind: .upconvolution, isGradient: true),
  ]

  /// Runs the check of `kernels` against tier `c` for the same type.
  ///
  /// - Returns: how many cases there were, and the first failures.
  public func run(_ kernels: TrainingKernels, seed: UInt64) -> (cases: Int, failures: [String]) {
    guard let reference = TrainingKernels(tier: .c, real: kernels.real) else { return (0, ["there is no tier c"]) }
    var random = SplitMix64(seed: seed)
    var failures: [String] = []
    let shapes = TrainingCheck.shapes(of: kind, kernels.real)
    for shape in shapes {
      let data = TrainingData(shape, kernels.real, &random)
      let (table, oracle) = (kernels.table.pointee, reference.table.pointee)
      let failure =
        isGradient
        ? TrainingGradientCase(data, &random).failure(table, oracle)
        : TrainingCase(data, &random).failure(table, oracle)
      if let failure, failures.count < 10 { failures.append("\(shape): \(failure)") }
    }
    return (shapes.count, failures)
  }

  /// Channels around the blocks of all tiers, with widths around their tiles.
  private static func shapes(of kind: TrainingLayerKind, _ real: RealType) -> [TrainingShape] {
    let channels = [8, 16, 24, 40, 48, 56, 80, 144]
    var shapes: [TrainingShape] = []
    for (i, outputs) in channels.enumerated() {
      for (j, width) in [1, 2, 5, 12, 15, 16, 27, 50].enumerated() where (i + j) % 2 == 0 || width == 15 {
        let inputs = channels[(i + 3 * j) % channels.count]
        let second = (i + j) % 3 == 0 ? [channels[(i * 5 + j) % 5]] : []
        shapes.append(
          TrainingShape(
            layer: TrainingLayerShape(
              kind, inputs: [inputs] + (kind == .convolution ? second : []),
              outputs: [outputs] + (kind == .convolutionBack ? second : [])),
            pictures: 1 + i % 2, height: 1 + (i + j) % 3, width: width))
      }
    }
    // The first layer, and one whose weights do not fit a cache.
    if real == .f32 && (kind == .convolution || kind == .convolutionStride2) {
      for outputs in [8, 24, 48] {
        shapes.append(
          TrainingShape(
            layer: TrainingLayerShape(kind, inputs: [3], outputs: [outputs]), pictures: 1, height: 3, width: 21))
      }
    }
    shapes.append(
      TrainingShape(
        layer: TrainingLayerShape(kind, inputs: [256], outputs: [256]), pictures: 2, height: 2, width: 7))
    return shapes
  }
}

/// A layer and the size that its rows are counted in: of the source for `upconvolution`, else of the destination.
struct TrainingShape: CustomStringConvertible {
  let layer: TrainingLayerShape
  let pictures, height, width: Int

  var description: String {
    let ends = [layer.inputs, layer.outputs].map { $0.map(String.init).joined(separator: "+") }
    return "\(layer.kind) \(pictures)x\(height)x\(width) \(ends[0])->\(ends[1])"
  }

  /// How many times larger the source and the destination are.
  var factors: (source: Int, destination: Int) {
    switch layer.kind {
    case .convolution, .convolutionBack: (1, 1)
    case .convolutionStride2, .upconvolutionBack: (2, 1)
    case .upconvolution: (1, 2)
    }
  }

  /// Products that a result sums.
  var depth: Int {
    let taps =
      switch layer.kind {
      case .upconvolution: 1
      case .upconvolutionBack: 4
      default: 9
      }
    return taps * layer.inputs.reduce(0, +)
  }
}

/// Numbers to compute with.
struct TrainingData {
  let shape: TrainingShape
  let real: ck_real
  let sources: [GuardedBatch]
  let weights, bias: [Float]
  /// What results are stored as, and gradients read as.
  let resultReal: ck_real

  init(_ shape: TrainingShape, _ real: RealType, _ random: inout SplitMix64) {
    self.shape = shape
    self.real = real.identifier
    resultReal = random.next() % 2 == 0 ? CK_REAL_F32 : CK_REAL_BF16
    // All of one sign, or of both: sums that grow, and sums that cancel.
    var numbers = RandomNumbers(in: random.next() % 4 == 0 ? 0...1 : -1...1, &random)
    sources = shape.layer.inputs.map {
      let source = GuardedBatch(
        real.identifier, pictures: shape.pictures, height: shape.factors.source * shape.height,
        width: shape.factors.source * shape.width, channels: $0)
      source.fill { numbers.next() }
      return source
    }
    weights = numbers.take(shape.layer.weightCount)
    bias = numbers.take(shape.layer.outputs.reduce(0, +))
  }
}

/// Random numbers from a table whose length no layer divides: drawing each by itself would take most of a check's time.
struct RandomNumbers {
  private let table: [Float]
  private var position = 0

  init(in range: ClosedRange<Float>, _ random: inout SplitMix64) {
    table = (0..<4093).map { _ in Float.random(in: range, using: &random) }
  }

  mutating func next() -> Float {
    position = position + 1 == table.count ? 0 : position + 1
    return table[position]
  }

  mutating func take(_ count: Int) -> [Float] {
    var taken: [Float] = []
    while taken.count < count { taken += table.prefix(count - taken.count) }
    return taken
  }
}

extension RealType {
  var identifier: ck_real { self == .f32 ? CK_REAL_F32 : CK_REAL_BF16 }
}
