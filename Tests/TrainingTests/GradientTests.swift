// Every parameter's gradient against finite differences, through a whole small U-Net.
import Frames
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

  init(stem: Int, widths: [Int], up: Upsampling = .standard, threads: Int = 2, seed: UInt64 = 1) throws {
    var recipe = LossRecipe()
    recipe.labelSmoothing = 0.1
    loss = SegmentationLoss(recipe, classWeights: [1, 0.5, 2], sets: LabelSets(classes: 3))
    var random = SeededRandom(seed: seed)
    let classes = (0..<3).map { PixelClass(name: "c\($0)", color: ClassColor(0, 0, 0)) }
    let architecture = try Architecture(stem: stem, widths: widths, up: up, classes: classes)
    let size = InputSize(height: 2 * architecture.stride, width: 3 * architecture.stride)
    network = try TrainingNetwork(architecture, batch: 2, size: size, wantsGradient: true)
    workers = Workers(threads: threads)
    values = FloatBuffer(count: network.layout.count)
    gradients = FloatBuffer(count: network.layout.count)
    var weights = Weights(initial: architecture, using: &random)
    for name in weights.layers.keys.sorted() {
      if let count = weights.layers[name]?.norm?.scale.count {
        weights.layers[name]?.norm?.shift = (0..<count).map { _ in Float.random(in: -0.2...0.5, using: &random) }
        weights.layers[name]?.norm?.scale = (0..<count).map { _ in Float.random(in: 0.5...1.5, using: &random) }
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
      momentum: 1)
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
}

@Suite struct GradientTests {
  /// Along a random direction in each parameter, the loss must change as the gradient says.
  @Test(arguments: [(1, [8]), (1, [8, 16]), (2, [8, 16]), (2, [8, 16, 24])], [true, false])
  func gradientsMatchFiniteDifferences(shape: (Int, [Int]), usesBatchStatistics: Bool) throws {
    try check(Bench(stem: shape.0, widths: shape.1), usesBatchStatistics)
  }

  @Test(
    arguments: [(2, true), (4, false), (4, true)].map { Upsampling(window: $0, isRectified: $1) },
    [[8, 16], [8, 16, 24]])
  func gradientsOfOtherWaysUpMatchFiniteDifferences(up: Upsampling, widths: [Int]) throws {
    try check(Bench(stem: 1, widths: widths, up: up), false)
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

  @Test func gradientsDoNotDependOnTheNumberOfThreads() throws {
    let (one, two) = (
      try Bench(stem: 2, widths: [8, 16], threads: 1), try Bench(stem: 2, widths: [8, 16], threads: 2)
    )
    one.differentiate()
    two.differentiate()
    #expect(Array(one.gradients.buffer) == Array(two.gradients.buffer))
  }
}
