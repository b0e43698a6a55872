// How fast training is on this machine.
import Tensors
public import UNet

/// Whole steps (forward, loss, backward, optimiser) of a network on noise, timed; no data are read and none varied.
public struct TrainingBench: Sendable, Encodable {
  /// Milliseconds of one part of a step.
  public struct Part: Sendable, Encodable {
    public let name: String
    public let ms: Double
  }

  public let precision: TrainingPrecision
  public let threads, batch, steps: Int
  /// Height and width.
  public let input: [Int]
  /// Median over the steps.
  public let msPerStep, imagesPerS: Double
  /// Multiply-accumulates of forward and backward pass in 10⁹ per second, counted as three forward passes.
  public let gmacsPerS: Double
  /// Means over the steps.
  public let parts: [Part]
  /// What the network allocates, in 10⁶ bytes: parameters and the optimiser's state come on top.
  public let networkMb: Double

  /// Runs three steps to warm up, then `steps`.
  ///
  /// - Throws: `TrainingError.setting` when size, widths or precision do not fit.
  public init(
    _ architecture: Architecture, batch: Int, size: InputSize, precision: TrainingPrecision, threads: Int, steps: Int
  ) throws(TrainingError) {
    let bench = try StepBench(architecture, batch: batch, size: size, precision: precision, threads: threads)
    for _ in 0..<3 { bench.step() }
    bench.clock = PassClock()
    let times = (0..<max(1, steps)).map { _ in bench.step() }.sorted()
    let median = times[times.count / 2]
    self.precision = bench.network.real == .bf16 ? .bf16 : .float
    (self.threads, self.batch, self.steps) = (threads, batch, times.count)
    input = [size.height, size.width]
    (msPerStep, imagesPerS) = (median * 1000, Double(batch) / median)
    gmacsPerS = 3 * Double(bench.network.multiplyAccumulates) * 1e-9 / median
    parts = bench.parts(steps: times.count)
    networkMb = Double(bench.network.byteCount) / 1e6
  }
}

/// A network, its loss and its optimiser, with one batch of noise.
private final class StepBench {
  let network: TrainingNetwork
  var clock: PassClock?
  private let workers: Workers
  private let values, gradients: FloatBuffer
  private let optimizer: Optimizer
  private let loss: SegmentationLoss
  private let labels: [UInt8]

  init(
    _ architecture: Architecture, batch: Int, size: InputSize, precision: TrainingPrecision, threads: Int
  ) throws(TrainingError) {
    network = try TrainingNetwork(
      architecture, batch: batch, size: size, wantsGradient: true, precision: precision)
    workers = Workers(threads: threads)
    values = FloatBuffer(count: network.layout.count)
    gradients = FloatBuffer(count: network.layout.count)
    optimizer = try Optimizer(OptimizerRecipe(), layout: network.layout)
    let classes = architecture.classes.count
    loss = SegmentationLoss(
      LossRecipe(), classWeights: [Float](repeating: 1, count: classes), sets: LabelSets(classes: classes))
    var random = SeededRandom(seed: 1)
    labels = (0..<(batch * size.pixels)).map { _ in UInt8.random(in: 0..<UInt8(classes), using: &random) }
    let row = 3 * size.width
    for y in 0..<(batch * size.height) {
      for i in 0..<row { network.input.value.row(y)[i] = Float.random(in: 0...1, using: &random) }
    }
    try network.layout.load(Weights(initial: architecture, using: &random), into: values.data)
  }

  /// One step; returns its seconds.
  @discardableResult
  func step() -> Double {
    let start = ContinuousClock.now
    let pass = Pass(workers: workers, parameters: values.data, gradients: gradients.data, clock: clock)
    network.forward(pass)
    clock?.layer = "step"
    pass.timed(.loss) { evaluateLoss() }
    network.backward(pass)
    clock?.layer = "step"
    pass.timed(.optimizer) {
      let norm = optimizer.gradientNorm(gradients.data, workers: workers)
      optimizer.update(
        values.data, gradients: gradients.data, rate: 1e-3, scale: norm > 1 ? 1 / norm : 1, workers: workers)
    }
    return (ContinuousClock.now - start).seconds
  }

  private func evaluateLoss() {
    guard let gradient = network.head.gradient else { preconditionFailure("made with gradients") }
    _ = labels.withUnsafeBufferPointer { labels in
      labels.baseAddress.map {
        loss.evaluate(
          logits: network.head.logits, labels: $0, cell: network.architecture.stem, gradient: gradient,
          workers: workers)
      }
    }
  }

  func parts(steps: Int) -> [TrainingBench.Part] {
    TrainingPhase.allCases.map { phase in
      let sum = clock?.seconds.values.reduce(0) { $0 + ($1[phase] ?? 0) } ?? 0
      return TrainingBench.Part(name: phase.rawValue, ms: sum * 1000 / Double(steps))
    }
  }
}
