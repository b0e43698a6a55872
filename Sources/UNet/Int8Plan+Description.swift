// A plan that can say what it is, for `inspect --plan` and `bench`.
import Tensors

extension Int8Plan {
  /// How the threads share a layer's rows.
  public struct RowSplit: Sendable, Hashable, Codable {
    public let rows: Int
    /// Rows that stay together. A thread takes many units at once, fewer towards the end.
    public let unit: Int
    /// Blocks of output channels, each with all the rows.
    public let blocks: Int

    /// All units of all blocks.
    public var pieces: Int { (rows + unit - 1) / unit * blocks }
  }

  /// One layer of the plan in figures.
  public struct LayerSummary: Sendable, Hashable, Codable {
    public let name: String
    /// The activations that it reads.
    public let reads: [String]
    /// The C function.
    public let kernel: String
    /// What that function does beside its convolution: `2 sources`, `relu`, `max-pool`, `argmax`.
    public let fused: [String]
    /// Output height, width and channels.
    public let shape: [Int]
    public let split: RowSplit
    /// Bytes of the output with its border, and of the pooled output.
    public let activationBytes: Int
    /// Bytes of the packed weights, biases and multipliers.
    public let weightBytes: Int
    public let macs: Int
  }

  /// What the plan takes of memory, in bytes.
  public struct MemorySummary: Sendable, Hashable, Codable {
    /// Packed weights of all layers.
    public let weightBytes: Int
    /// The block that all activations share.
    public let arenaBytes: Int
    /// The activations side by side, without sharing.
    public let unsharedBytes: Int
    /// The largest sum of activations that are alive at one step: no arena is smaller.
    public let lowerBoundBytes: Int
  }

  /// The layers in the order they run, on so many threads.
  public func layers(threads: Int = 1) -> [LayerSummary] {
    steps.map { step in
      let size = step.layer.outputSize(inputSize)
      let written = [step.output, step.pooled].compactMap(\.self)
      return LayerSummary(
        name: step.layer.name, reads: step.sources.map { activations[$0].name }, kernel: step.kernelName(tier),
        fused: step.fused, shape: [size.height, size.width, step.layer.outputChannels],
        split: step.split(inputSize, threads: threads),
        activationBytes: written.reduce(0) { $0 + QuantizedTensor.byteCount(of: activations[$1].shape) },
        weightBytes: step.work.byteCount, macs: step.layer.macs(inputSize))
    }
  }

  public var memory: MemorySummary {
    MemorySummary(
      weightBytes: steps.reduce(0) { $0 + $1.work.byteCount }, arenaBytes: arenaBytes,
      unsharedBytes: arena.unsharedByteCount, lowerBoundBytes: arena.lowerBound)
  }
}

extension Int8Plan.Step {
  fileprivate func kernelName(_ tier: CPUTier) -> String {
    switch work {
    case .convolution(_, stride: 2): "ck_conv3x3_stride2_u8s8_\(tier)"
    case .convolution: "ck_conv3x3_u8s8_\(tier)"
    case .winograd: "ck_winograd3x3_u8s8_\(tier)"
    case .transpose(let packed): "ck_upconv\(packed.window)x\(packed.window)_u8s8_\(tier)"
    case .head: "ck_head_argmax_u8s8_\(tier)"
    }
  }

  /// What else the kernel does on its way; requantising goes without saying.
  fileprivate var fused: [String] {
    var fused: [String] = []
    if sources.count == 2 { fused.append("2 sources") }
    if layer.isRectified { fused.append("relu") }
    if pooled != nil { fused.append("max-pool") }
    if case .head = work { fused.append("argmax") }
    return fused
  }

  fileprivate func split(_ inputSize: InputSize, threads: Int) -> Int8Plan.RowSplit {
    let height = layer.outputSize(inputSize).height
    var rows = height
    if case .transpose = work { rows /= 2 }  // shares the source's rows
    if threads == 1 { return Int8Plan.RowSplit(rows: rows, unit: rows, blocks: 1) }
    return Int8Plan.RowSplit(rows: rows, unit: needsEvenRows ? 2 : 1, blocks: work.blockCount)
  }
}

extension Int8Plan.Step {
  /// Pooling and transformed layers take rows in twos.
  private var needsEvenRows: Bool { if case .winograd = work { true } else { pooled != nil } }
}

extension Int8Plan.Step.Work {
  fileprivate var blockCount: Int {
    switch self {
    case .convolution(let packed, _): packed.blockCount
    case .transpose(let packed): packed.blockCount
    case .winograd, .head: 1
    }
  }

  fileprivate var byteCount: Int {
    switch self {
    case .convolution(let packed, _): packed.byteCount
    case .winograd(let packed): packed.byteCount
    case .transpose(let packed): packed.byteCount
    case .head(let packed): packed.byteCount
    }
  }
}
