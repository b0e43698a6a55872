// Every parameter's gradient against finite differences, through a whole small U-Net.
import Frames
import Tensors
import Testing
import UNet

@testable import Training

/// A network with random weights, a random batch, and its loss as a function of the parameters.
private final class Bench {
  let network: TrainingNetwork
  let workers: Workers
  let values: FloatBuffer
  let gradients: FloatBuffer
  let labels: [UInt8]
  let loss: SegmentationLoss
  var usesBatchStatistics = true
  var dropoutSeed: UInt64?
  var frozenLayers: Set<String> = []

  init(
    stem: Int, widths: [Int], up: Upsampling = .standard, threads: Int = 2, seed: UInt64 = 1,
    on arithmetic: Arithmetic = .matrices, dropout: DropoutRecipe = DropoutRecipe(), isOpen: Bool = false
  ) throws {
    var recipe = LossRecipe()
    recipe.labelSmoothing = 0.1
    loss = SegmentationLoss(recipe, classWeights: [1, 0.5, 2], sets: LabelSets(classes: 3))
    var random = SeededRandom(seed: seed)
    let classes = (0..<3).map { PixelClass(name: "c\($0)", color: ClassColor(0, 0, 0)) }
    let architecture = try Architecture(stem: stem, widths: widths, up: up, classes: classes)
    let size = InputSize(height: 2 * architecture.stride, width: 3 * architecture.stride)
    network = try TrainingNetwork(
      architecture, batch: 2, size: size, wantsGradient: true, arithmetic: arithmetic, dropout: dropout)
    workers = Workers(threads: threads)
    values = FloatBuffer(count: network.layout.count)
    gradients = FloatBuffer(count: network.layout.count)
    var weights = Weights(initial: architecture, using: &random)
    for name in weights.layers.keys.sorted() {
      if let count = weights.layers[name]?.norm?.scale.count {
        weights.layers[name]?.norm?.shift = (0..<count).map { _ in Float.random(in: -0.2...0.5, using: &random) }
        weights.layers[name]?.norm?.scale = (0..<count).map { _ in Float.random(in: 0.5...1.5, using: &random) }
        if isOpen { weights.layers[name]?.norm?.shift = (0..<count).map { _ in 5 } }
      } else if architecture.up.isRectified {
        // Off zero, where the loss has a kink wherever all inputs of a pixel are closed.
        let count = weights.layers[name]?.bias?.count ?? 0
        weights.layers[name]?.bias = (0..<count).map { _ in Float.random(in: 0.1...0.5, using: &random) }
      }
    }
    try network.layout.load(weights, into: values.data)
    labels = (0..<(2 * size.pixels)).map { _ in [0, 1, 2, 255].randomElement(using: &random)! }
    for row in 0..<(2 * size.height) {
      for i in 0..<(3 * size.width) { network.input.value.row(row)[i] = Float.random(in: 0...1, using: &random) }
    }
  }

  var pass: Pass {
    Pass(
      workers: workers, parameters: values.data, gradients: gradients.data, usesBatchStatistics: usesBatchStatistics,
      frozenLayers: frozenLayers, momentum: 1, dropoutSeed: dropoutSeed)
  }

  func evaluate() -> Double {
    network.forward(pass)
    return labels.withUnsafeBufferPointer {
      loss.evaluate(
        logits: network.head.logits, labels: $0.baseAddress!, cell: network.architecture.stem,
        gradient: network.head.gradient!, workers: workers)
    }
  }

  func differentiate() {
    _ = evaluate()
    network.backward(pass)
  }

  /// |g − other g| / |g| of one parameter.
  func distance(to other: Bench, _ parameter: Parameter) -> Double {
    var (square, size) = (0.0, 1e-20)
    for i in parameter.range {
      let (a, b) = (Double(gradients.data[i]), Double(other.gradients.data[i]))
      square += (a - b) * (a - b)
      size += a * a
    }
    return (square / size).squareRoot()
  }
}

/// The ways to compute that this CPU has, with f32.
private let floatArithmetics =
  [("matrices", Arithmetic.matrices)]
  + TrainingTier.allCases.compactMap { tier in
    Arithmetic(tier: tier, real: .f32).map { ("kernels, tier \(tier)", $0) }
  }

@Suite struct GradientTests {
  /// Along a random direction in each parameter, the loss must change as the gradient says.
  @Test(arguments: [(1, [8]), (1, [8, 16]), (2, [8, 24]), (2, [8, 16, 24])], [true, false])
  func gradientsMatchFiniteDifferences(shape: (Int, [Int]), usesBatchStatistics: Bool) throws {
    try check(Bench(stem: shape.0, widths: shape.1), usesBatchStatistics)
  }

  @Test(
    arguments: [(2, true), (4, false), (4, true)].map { Upsampling(window: $0, isRectified: $1) },
    [[8, 16], [8, 16, 24]])
  func gradientsOfOtherWaysUpMatchFiniteDifferences(up: Upsampling, widths: [Int]) throws {
    try check(Bench(stem: 1, widths: widths, up: up), false)
  }

  @Test(arguments: [DropoutPlace.blocks, .deepest])
  func gradientsWithDropoutMatchFiniteDifferences(place: DropoutPlace) throws {
    let bench = try Bench(stem: 1, widths: [8, 16], dropout: Self.dropout(place))
    bench.dropoutSeed = 5
    try check(bench, true)
  }

  private static func dropout(_ place: DropoutPlace) -> DropoutRecipe {
    var recipe = DropoutRecipe()
    (recipe.rate, recipe.place) = (0.3, place)
    return recipe
  }

  @Test func dropoutDependsOnTheSeedAloneAndIsOffWithoutOne() throws {
    let plain = try Bench(stem: 1, widths: [8, 16]).evaluate()
    let bench = try Bench(stem: 1, widths: [8, 16], dropout: Self.dropout(.blocks))
    #expect(bench.evaluate() == plain)
    bench.dropoutSeed = 1
    let dropped = bench.evaluate()
    #expect(dropped != plain && bench.evaluate() == dropped)
    bench.dropoutSeed = 2
    #expect(bench.evaluate() != dropped)
  }

  /// The kernels' sums have another order than the matrix products', so they differ by roundings only.
  @Test(arguments: floatArithmetics, [(1, [8, 24]), (2, [16, 8, 24])])
  func allKernelsGiveTheGradientsOfTheMatrixProducts(way: (String, Arithmetic), shape: (Int, [Int])) throws {
    try compare(way, stem: shape.0, widths: shape.1, up: .standard)
    try compare(way, stem: shape.0, widths: shape.1, up: Upsampling(window: 2, isRectified: true))
    try compare(way, stem: shape.0, widths: shape.1, up: Upsampling(window: 4, isRectified: false))
  }

  private func compare(_ way: (String, Arithmetic), stem: Int, widths: [Int], up: Upsampling) throws {
    let plain = try Bench(stem: stem, widths: widths, up: up)
    let fast = try Bench(stem: stem, widths: widths, up: up, on: way.1)
    let (expected, got) = (plain.evaluate(), fast.evaluate())
    #expect(abs(expected - got) < 1e-5, "\(way.0)")
    plain.differentiate()
    fast.differentiate()
    for parameter in plain.network.layout.parameters where parameter.kind != .statistic {
      #expect(plain.distance(to: fast, parameter) < 1e-3, "\(way.0), \(parameter.name)")
    }
  }

  /// Where all ReLUs are open, so that no rounding closes one, bf16 differs by its roundings alone.
  @Test(arguments: [(1, [8]), (2, [8, 16]), (2, [16, 8, 24])])
  func bf16GradientsFollowThoseOfFloats(shape: (Int, [Int])) throws {
    guard let arithmetic = Arithmetic(tier: TrainingKernels.best(.bf16).tier, real: .bf16) else { return }
    let plain = try Bench(stem: shape.0, widths: shape.1, isOpen: true)
    let short = try Bench(stem: shape.0, widths: shape.1, on: arithmetic, isOpen: true)
    #expect(abs(plain.evaluate() - short.evaluate()) < 0.01)
    plain.differentiate()
    short.differentiate()
    for parameter in plain.network.layout.parameters where parameter.kind == .weight {
      #expect(plain.distance(to: short, parameter) < 0.1, "\(parameter.name)")
    }
  }

  /// Fast and plain kernels of bf16 round the same numbers: they differ where a sum's order decides a rounding.
  @Test func bf16KernelsAgree() throws {
    let tier = TrainingKernels.best(.bf16).tier
    guard let fast = Arithmetic(tier: tier, real: .bf16), let plain = Arithmetic(tier: .c, real: .bf16) else { return }
    let (a, b) = (try Bench(stem: 2, widths: [16, 8], on: plain), try Bench(stem: 2, widths: [16, 8], on: fast))
    #expect(abs(a.evaluate() - b.evaluate()) < 0.01)
  }

  @Test func gradientsMatchFiniteDifferencesWhereSomeNormsAreFrozen() throws {
    let bench = try Bench(stem: 2, widths: [8, 16])
    bench.frozenLayers = ["stem", "down1.conv0"]
    try check(bench, true)
  }

  private func check(_ bench: Bench, _ usesBatchStatistics: Bool) throws {
    bench.usesBatchStatistics = usesBatchStatistics
    bench.differentiate()
    let gradients = Array(bench.gradients.buffer)
    var random = SeededRandom(seed: 7)
    for parameter in bench.network.layout.parameters where parameter.kind != .statistic {
      let before = Array(bench.values.buffer)
      let direction = parameter.range.map { _ in Float.random(in: -1...1, using: &random) }
      let step = 0.0006 / Float(parameter.count).squareRoot()
      func moved(_ sign: Float) -> Double {
        for (i, d) in zip(parameter.range, direction) { bench.values.data[i] = before[i] + sign * step * d }
        return bench.evaluate()
      }
      let measured = (moved(1) - moved(-1)) / Double(2 * step)
      for i in parameter.range { bench.values.data[i] = before[i] }
      let expected = zip(parameter.range, direction).reduce(0.0) { $0 + Double(gradients[$1.0] * $1.1) }
      let size = parameter.range.reduce(0.0) { $0 + Double(gradients[$1] * gradients[$1]) }.squareRoot()
      #expect(
        abs(measured - expected) < 0.02 * size + 2e-3,
        "\(parameter.name): \(measured) instead of \(expected), norm \(size)")
    }
  }

  @Test(arguments: floatArithmetics)
  func gradientsDoNotDependOnTheNumberOfThreads(way: (String, Arithmetic)) throws {
    let (one, three) = (
      try Bench(stem: 2, widths: [8, 16], threads: 1, on: way.1),
      try Bench(stem: 2, widths: [8, 16], threads: 3, on: way.1)
    )
    one.differentiate()
    three.differentiate()
    three.differentiate()
    #expect(Array(one.gradients.buffer) == Array(three.gradients.buffer), "\(way.0)")
  }
}

@Suite struct NetworkMemoryTests {
  @Test(arguments: [TrainingPrecision.float, .auto], [true, false])
  func theMemoryToldIsTheMemoryTaken(precision: TrainingPrecision, wantsGradient: Bool) throws {
    let architecture = try Fixtures.architecture(widths: [8, 16, 24])
    let size = InputSize(height: 4 * architecture.stride, width: 6 * architecture.stride)
    let told = try TrainingNetwork.memoryBytes(
      architecture: architecture, batch: 3, size: size, precision: precision, wantsGradient: wantsGradient)
    let network = try TrainingNetwork(
      architecture, batch: 3, size: size, wantsGradient: wantsGradient, precision: precision)
    #expect(told == network.byteCount)
  }

  @Test func inferenceTakesLessThanTraining() throws {
    let architecture = try Fixtures.architecture(widths: [8, 16, 24])
    let size = InputSize(height: 8 * architecture.stride, width: 8 * architecture.stride)
    func bytes(_ wantsGradient: Bool) throws -> Int {
      try TrainingNetwork.memoryBytes(
        architecture: architecture, batch: 2, size: size, precision: .float, wantsGradient: wantsGradient)
    }
    #expect(try bytes(false) < bytes(true))
  }
}
