// How fast the training kernels run the layers of a network.
public import Tensors

/// One layer of a training step with memory, ready to be timed in all directions.
public struct TrainingBenchmark {
  /// What is timed.
  public enum Direction: String, CaseIterable, Sendable {
    case forward, back, weights
  }

  public let name: String
  private let kernels: TrainingKernels
  private let shape: TrainingShape
  private let pool: WorkerPool?
  private let shares: Int
  private let sources, destinations: [BatchView]
  private let memories: [AlignedBytes]
  private let packed, packedBack: AlignedBytes
  private let parts: [AlignedBytes]
  private let scratch: [AlignedBytes]

  /// The convolutions of widths 24, 48, 80, 144 and 256 for a picture of 480×352 with a stem of stride 2, batch 4.
  public static func all(_ kernels: TrainingKernels, pool: WorkerPool?) -> [TrainingBenchmark] {
    let layers: [(inputs: [Int], outputs: Int, height: Int, width: Int)] = [
      ([24], 24, 176, 240), ([24, 24], 24, 176, 240), ([24], 48, 88, 120), ([48], 48, 88, 120),
      ([48, 48], 48, 88, 120), ([80], 80, 44, 60), ([80, 80], 80, 44, 60), ([144], 144, 22, 30),
      ([144, 144], 144, 22, 30), ([256], 256, 11, 15),
    ]
    return layers.map {
      let layer = TrainingLayerShape(.convolution, inputs: $0.inputs, outputs: [$0.outputs])
      let shape = TrainingShape(layer: layer, pictures: 4, height: $0.height, width: $0.width)
      return TrainingBenchmark(shape, kernels, pool)
    }
  }

  private init(_ shape: TrainingShape, _ kernels: TrainingKernels, _ pool: WorkerPool?) {
    let layer = shape.layer
    name = "\(shape)"
    (self.kernels, self.shape, self.pool) = (kernels, shape, pool)
    let shares = pool?.threadCount ?? 1
    self.shares = shares
    var memories: [AlignedBytes] = []
    func view(_ channels: Int) -> BatchView {
      let row = (shape.width + 2) * channels
      let memory = AlignedBytes(shape.pictures * (shape.height + 2) * row * kernels.real.byteCount)
      memories.append(memory)
      return BatchView(
        memory.base + (row + channels) * kernels.real.byteCount, kernels.real, rowStride: row,
        pictureStride: (shape.height + 2) * row, pictures: shape.pictures, height: shape.height, width: shape.width,
        channels: channels)
    }
    sources = layer.inputs.map(view)
    destinations = layer.outputs.map(view)
    self.memories = memories
    let weights = [Float](repeating: 0.5, count: layer.weightCount)
    packed = AlignedBytes(kernels.packedByteCount(layer))
    packedBack = AlignedBytes(kernels.packedByteCount(layer.back))
    kernels.pack(weights, of: layer, blocks: 0..<kernels.blockCount(layer), into: packed.base)
    kernels.pack(weights, of: layer.back, blocks: 0..<kernels.blockCount(layer.back), into: packedBack.base)
    parts = (0..<shares).map { _ in AlignedBytes(4 * layer.weightCount) }
    let scratchSizes = [
      kernels.gradientScratchByteCount(layer, width: shape.width), kernels.scratchByteCount(layer),
      kernels.scratchByteCount(layer.back),
    ]
    scratch = (0..<shares).map { _ in AlignedBytes(scratchSizes.max() ?? 0) }
  }

  /// Multiply-accumulates per second in the best of five runs, and what the tier's instruction does at the same time.
  public func measure(_ direction: Direction) -> (macs: Double, peak: Double) {
    let macs = Double(shape.pictures * shape.height * shape.width * shape.layer.weightCount)
    let peak = kernels.measurePeak(pool: pool)
    var best = Double.infinity
    for _ in 0..<5 {
      let time = ContinuousClock().measure {
        guard let pool else { return run(direction, share: 0) }
        pool.run(rows: 0..<shares) { range, _ in for share in range { run(direction, share: share) } }
      }
      best = min(best, Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18)
    }
    return (macs / best, peak)
  }

  private func run(_ direction: Direction, share: Int) {
    let count = shape.pictures * shape.height
    let rows = count * share / shares..<count * (share + 1) / shares
    switch direction {
    case .forward:
      kernels.convolve(
        sources, with: packed.base, of: shape.layer, into: destinations, rows: rows,
        scratch: scratch[share].base)
    case .back:
      kernels.convolve(
        destinations, with: packedBack.base, of: shape.layer.back, into: sources, rows: rows,
        scratch: scratch[share].base)
    case .weights:
      kernels.differentiateWeights(
        of: shape.layer, sources: sources, gradient: destinations[0],
        part: parts[share].base.assumingMemoryBound(to: Float.self), adds: false, rows: rows,
        scratch: scratch[share].base)
    }
  }
}

/// Zeroed memory, 64-byte aligned.
private final class AlignedBytes: @unchecked Sendable {  // shares use it apart from each other
  let base: UnsafeMutableRawPointer

  init(_ byteCount: Int) {
    base = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
    base.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
  }

  deinit { base.deallocate() }
}
