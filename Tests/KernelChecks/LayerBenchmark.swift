// How fast a tier runs one layer.
public import Tensors

/// A layer with memory and weights, ready to be timed.
public struct LayerBenchmark {
  private let kernels: Kernels
  private let shape: LayerShape
  private let pool: WorkerPool?
  private let memories: [TensorMemory]
  private let body: (_ rows: Range<Int>, _ blocks: Range<Int>) -> Void
  private let blocks: Int
  /// What threads split: rows, or pieces in their place.
  private var rows: Range<Int>

  /// - Parameter pool: the threads that split the rows; nil for the calling thread alone.
  public init(_ shape: LayerShape, _ kernels: Kernels, pool: WorkerPool? = nil) {
    self.pool = pool
    self.kernels = kernels
    self.shape = shape
    rows = 0..<shape.height
    var random = SplitMix64(seed: 1)
    var memories: [TensorMemory] = []
    func tensor(_ channels: Int, _ factor: Int = 1, of factorDown: Int = 1) -> QuantizedTensor {
      let size = Shape(
        height: shape.height * factor / factorDown, width: shape.width * factor / factorDown, channels: channels)
      let memory = TensorMemory(size, Quantization(scale: 1))
      memories.append(memory)
      let tensor = QuantizedTensor(size, Quantization(scale: 1), at: memory.base)
      for y in 0..<size.height {
        random.fill(UnsafeMutableRawBufferPointer(start: tensor.pixel(y, 0), count: size.width * size.storedChannels))
      }
      return tensor
    }
    let source = tensor(shape.inputs[0], shape.kind == .conv3x3Stride2 ? 2 : 1)
    let second = shape.inputs.count == 2 ? tensor(shape.inputs[1]) : nil
    let output = tensor(shape.outputs, shape.kind.doubles ? 2 : 1)
    let pooled = shape.pooled ? tensor(shape.outputs, 1, of: 2) : nil
    let taps = shape.kind.weightTaps
    let data = LayerData(.bell, depth: taps * shape.inputs.reduce(0, +), outputs: shape.outputs, &random)
    let bias = Array(data.bias.prefix(shape.outputs))
    let multiplier = Array(data.multiplier.prefix(shape.outputs))
    switch shape.kind {
    case .conv3x3:
      let layer = kernels.packConvolution3x3(
        weights: data.weights, bias: bias, multiplier: multiplier, inputChannels: shape.inputs)
      blocks = layer.blockCount
      body = {
        kernels.convolve3x3(source, second, with: layer, into: output, pooledInto: pooled, rows: $0, blocks: $1)
      }
    case .winograd3x3:
      let layer = kernels.packWinograd3x3(
        weights: data.weights, bias: bias, multiplier: multiplier, inputChannels: shape.inputs,
        scales: shape.inputs.map { _ in [Int16](repeating: 15_000, count: 16) })
      let count = layer.pieceCount(of: output.shape, threads: pool?.threadCount ?? 1)
      rows = 0..<count
      blocks = 1
      body = { pieces, _ in
        kernels.convolveWinograd3x3(
          source, second, with: layer, into: output, pooledInto: pooled, pieces: pieces, of: count)
      }
    case .conv3x3Stride2:
      let layer = kernels.packConvolution3x3(
        weights: data.weights, bias: bias, multiplier: multiplier, inputChannels: shape.inputs)
      blocks = layer.blockCount
      body = { kernels.convolve3x3Stride2(source, with: layer, into: output, rows: $0, blocks: $1) }
    case .upconv2x2, .upconv4x4:
      let layer = kernels.packUpconvolution(
        weights: data.weights, bias: bias, multiplier: multiplier, inputChannels: shape.inputs[0],
        window: shape.kind == .upconv2x2 ? 2 : 4)
      blocks = layer.blockCount
      body = { kernels.upconvolve(source, with: layer, into: output, rows: $0, blocks: $1) }
    case .head:
      let layer = kernels.packHead(
        weights: data.weights, bias: bias, multiplier: multiplier, inputChannels: shape.inputs[0])
      let labels = output.pixels  // as many bytes as pixels and more
      blocks = 1
      body = { rows, _ in
        kernels.headArgmax(source, with: layer, labels: labels, labelStride: source.shape.width, rows: rows)
      }
    }
    self.memories = memories
  }

  /// The best of several runs, with peak and clock measured between them: neighbours change both from second to second.
  public func measure(milliseconds: Int = 60) -> LayerSpeed {
    let clock = ContinuousClock()
    var (best, peak, cycles, rounds) = (Duration.seconds(1000), 0.0, 0.0, 0)
    let end = clock.now + .milliseconds(milliseconds)
    while clock.now < end || rounds < 8 {
      for _ in 0..<3 { best = min(best, clock.measure(runOnce)) }
      // Right behind the kernel, before a clock that its instructions lowered can rise again.
      cycles = max(cycles, CoreClock.measure(pool: pool, milliseconds: 1))
      peak = max(peak, kernels.measurePeak(pool: pool, milliseconds: 2))
      rounds += 1
    }
    let threads = Double(pool?.threadCount ?? 1)
    return LayerSpeed(macs: Double(shape.macs) / (best / .seconds(1)), peak: peak, cycles: cycles * threads)
  }

  private func runOnce() {
    guard let pool else { return body(rows, 0..<blocks) }
    let unit = shape.pooled && shape.kind == .conv3x3 ? 2 : 1
    pool.run(rows: rows, unit: unit, blocks: blocks, body)
  }
}

/// How fast a layer ran, and what could be reached in the same moment; all over all threads.
public struct LayerSpeed: Sendable {
  /// Multiply-accumulates per second.
  public let macs: Double
  /// The same of the tier's dot product on registers alone.
  public let peak: Double
  /// Cycles per second, of all threads too.
  public let cycles: Double
}
