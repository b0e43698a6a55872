// The integer network at work: one plan, its memory and its threads.
public import Tensors

/// Runs a U-Net in integers. Built once for a model, an input size and a number of threads; a run makes no tensors.
///
/// One run at a time; runs may come from different threads one after the other.
public final class Int8Network: @unchecked Sendable {  // only `run` writes the arena, and runs follow each other
  public let plan: Int8Plan
  private let arena: Arena
  private let tensors: [QuantizedTensor]
  private let pool: WorkerPool
  private let result = Result()
  /// One for each step.
  private let tasks: [RowTask]

  /// Where a run puts what it finds.
  final class Result: @unchecked Sendable {  // written only between tasks
    var labels: UnsafeMutablePointer<UInt8>?
    var labelStride = 0
    var confidence: UnsafeMutablePointer<UInt8>?
    var logits: UnsafeMutablePointer<Float>?
  }

  /// - Parameter pool: its threads share every layer's rows. Not to be used by anybody else during a run.
  public init(_ plan: Int8Plan, pool: WorkerPool) {
    self.plan = plan
    self.pool = pool
    let arena = Arena(plan.arena)
    self.arena = arena
    let tensors = plan.activations.enumerated().map { arena.tensor($0, $1.shape, $1.quantization) }
    self.tensors = tensors
    tasks = plan.steps.map { [result] in $0.task(plan.kernels, tensors, result, threads: pool.threadCount) }
  }

  /// - Parameters:
  ///   - inputSize: multiples of `architecture.stride`.
  ///   - tier: nil for the best one of this CPU.
  ///   - threads: threads of a run, the caller's included.
  /// - Throws: `ModelError.inputSize` or `.tier`.
  public convenience init(
    _ model: Int8Model, inputSize: InputSize, tier: CPUTier? = nil, threads: Int = 1
  ) throws(ModelError) {
    self.init(try Int8Plan(model, inputSize: inputSize, tier: tier), pool: WorkerPool(threads: threads))
  }

  public var threadCount: Int { pool.threadCount }

  /// Where the next picture goes: u8 `[H, W, 4]`, rgb0, rows `stride` bytes apart; the fourth byte may be anything.
  /// A run overwrites it.
  public var picture: (pixels: UnsafeMutablePointer<UInt8>, stride: Int) { (tensors[0].pixels, tensors[0].rowStride) }

  /// Copies a picture and runs the network on it.
  ///
  /// - Parameters:
  ///   - pixels: u8 `[H, W, 4]`, rgb0, of the plan's input size.
  ///   - stride: bytes between its rows, ≥ 4 W.
  ///   - labels: u8 `[H / stem, W / stem]`, overwritten with class indices.
  ///   - labelStride: bytes between rows of labels.
  ///   - confidence: nil, or u8 like `labels`: how sure each label is, 255 = sure.
  ///   - logits: nil, or f32 `[H / stem, W / stem, classes]`; slower, for tools.
  /// - Complexity: O(H·W·C²); allocates nothing.
  public func run(
    pixels: UnsafePointer<UInt8>, stride: Int, labels: UnsafeMutablePointer<UInt8>, labelStride: Int,
    confidence: UnsafeMutablePointer<UInt8>? = nil, logits: UnsafeMutablePointer<Float>? = nil
  ) {
    precondition(stride >= 4 * plan.inputSize.width, "a stride of \(stride) bytes holds no \(plan.inputSize) rgb0")
    let rowBytes = 4 * plan.inputSize.width
    for y in 0..<plan.inputSize.height {
      tensors[0].pixel(y, 0).update(from: pixels + y * stride, count: rowBytes)
    }
    run(labels: labels, labelStride: labelStride, confidence: confidence, logits: logits)
  }

  /// Runs the network on what was written to `picture`.
  ///
  /// - Parameters:
  ///   - labels: u8 `[H / stem, W / stem]`, overwritten with class indices.
  ///   - labelStride: bytes between rows of labels.
  ///   - confidence: nil, or u8 like `labels`: how sure each label is, 255 = sure.
  ///   - logits: nil, or f32 `[H / stem, W / stem, classes]`; slower, for tests and export checks.
  public func run(
    labels: UnsafeMutablePointer<UInt8>, labelStride: Int, confidence: UnsafeMutablePointer<UInt8>? = nil,
    logits: UnsafeMutablePointer<Float>? = nil
  ) {
    begin(labels, labelStride, confidence, logits)
    for task in tasks { pool.run(task) }
  }

  private func begin(
    _ labels: UnsafeMutablePointer<UInt8>, _ labelStride: Int, _ confidence: UnsafeMutablePointer<UInt8>? = nil,
    _ logits: UnsafeMutablePointer<Float>? = nil
  ) {
    (result.labels, result.labelStride) = (labels, labelStride)
    (result.confidence, result.logits) = (confidence, logits)
    tensors[0].fillBorder()
  }
}

extension Int8Network {
  /// Runs step by step and shows each activation right after it was written; for tests and tools.
  ///
  /// - Parameter observe: gets `input` or a layer's name (with ` pooled` for the maximum) and the codes `[H, W, C]`.
  package func run(
    labels: UnsafeMutablePointer<UInt8>, labelStride: Int, observe: (_ name: String, _ codes: [UInt8]) -> Void
  ) {
    begin(labels, labelStride)
    observe(plan.activations[0].name, tensors[0].codes())
    for (step, task) in zip(plan.steps, tasks) {
      pool.run(task)
      for index in [step.output, step.pooled].compactMap(\.self) {
        observe(plan.activations[index].name, tensors[index].codes())
      }
    }
  }

  /// How long each layer takes, in milliseconds: the median of `runs` runs on whatever the picture holds.
  public func layerTimes(runs: Int) -> [LayerTime] {
    precondition(runs > 0, "\(runs) runs have no median")
    let labels = UnsafeMutablePointer<UInt8>.allocate(capacity: plan.labelSize.pixels)
    defer { labels.deallocate() }
    begin(labels, plan.labelSize.width)
    var times = plan.steps.map { _ in [Double]() }
    let clock = ContinuousClock()
    for _ in 0..<runs {
      for (index, task) in tasks.enumerated() {
        let time = clock.measure { pool.run(task) }
        times[index].append(Double(time.components.attoseconds) / 1e15 + Double(time.components.seconds) * 1e3)
      }
    }
    return zip(plan.steps, times).map { step, times in
      LayerTime(name: step.layer.name, milliseconds: times.sorted()[runs / 2], macs: step.layer.macs(plan.inputSize))
    }
  }

  /// One layer's time and work.
  public struct LayerTime: Sendable, Hashable, Codable {
    public let name: String
    public let milliseconds: Double
    public let macs: Int
  }
}
