// Layers done by several threads, over the Swift face.
import Tensors
import Testing

@Suite struct RowSplitTests {
  private static let zeroPoint = Quantization(scale: 0.1, zeroPoint: 7)

  /// A layer's output and its pooled output, the rows split over `threads`.
  private func convolve(_ kernels: Kernels, threads: Int) -> (
    codes: [UInt8], pooled: [UInt8], border: [UInt8]
  ) {
    let shape = Shape(height: 20, width: 22, channels: 24)
    let wide = Shape(height: 20, width: 22, channels: 144)  // more than one block in every tier that has blocks
    let memory = TensorMemory(shape, Self.zeroPoint)
    let source = QuantizedTensor(shape, Self.zeroPoint, at: memory.base)
    source.setCodes((0..<shape.count).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) })
    let layer = kernels.packConvolution3x3(
      weights: (0..<144 * 9 * 24).map { Int8(truncatingIfNeeded: $0 &* 40503 >> 3) },
      bias: .init(repeating: -3000, count: 144), multiplier: .init(repeating: 0.0007, count: 144), inputChannels: [24])
    // Garbage first: what an arena's memory holds when another tensor was there.
    let (outputMemory, pooledMemory) = (garbage(wide), garbage(wide.halved))
    let output = QuantizedTensor(wide, Self.zeroPoint, at: outputMemory.base)
    let pooled = QuantizedTensor(wide.halved, Self.zeroPoint, at: pooledMemory.base)
    WorkerPool(threads: threads).run(rows: 0..<shape.height, unit: 2, blocks: layer.blockCount) {
      kernels.convolve3x3(source, with: layer, into: output, pooledInto: pooled, rows: $0, blocks: $1)
    }
    return withExtendedLifetime((memory, outputMemory, pooledMemory)) {
      (output.codes(), pooled.codes(), border(of: output) + border(of: pooled))
    }
  }

  private func garbage(_ shape: Shape) -> TensorMemory {
    let memory = TensorMemory(byteCount: QuantizedTensor.byteCount(of: shape))
    memory.base.initializeMemory(as: UInt8.self, repeating: 0xEE, count: memory.byteCount)
    return memory
  }

  private func border(of tensor: QuantizedTensor) -> [UInt8] {
    let (height, width) = (tensor.shape.height, tensor.shape.width)
    let places =
      (-1...width).flatMap { [(-1, $0), (height, $0)] } + (0..<height).flatMap { [($0, -1), ($0, width)] }
    return places.flatMap { y, x in
      Array(UnsafeBufferPointer(start: tensor.pixel(y, x), count: tensor.shape.storedChannels))
    }
  }

  @Test(arguments: CPUTier.supported) func threadsAndBlocksDoNotChangeTheResult(tier: CPUTier) throws {
    let kernels = try Kernels(tier: tier)
    let expected = convolve(try Kernels(tier: .c), threads: 1)
    #expect(Set(expected.codes).count > 50, "the data should not all be clamped")
    for threads in [1, 2, 3, 5] {
      let actual = convolve(kernels, threads: threads)
      #expect(actual.codes == expected.codes && actual.pooled == expected.pooled)
    }
  }

  @Test(arguments: CPUTier.supported) func whoeverWritesRowsCompletesTheirBorder(tier: CPUTier) throws {
    let border = convolve(try Kernels(tier: tier), threads: 2).border
    #expect(border.allSatisfy { $0 == Self.zeroPoint.zeroPoint })
  }

  /// A Winograd layer's output with its border, in `count` pieces that two threads share. 6 tiles to a row: most pieces end
  /// within one.
  private func transform(_ kernels: Kernels, pieces count: Int) -> (codes: [UInt8], border: [UInt8]) {
    let (shape, wide) = (Shape(height: 7, width: 11, channels: 24), Shape(height: 7, width: 11, channels: 80))
    let (memory, outputMemory) = (TensorMemory(shape, Self.zeroPoint), garbage(wide))
    let source = QuantizedTensor(shape, Self.zeroPoint, at: memory.base)
    source.setCodes((0..<shape.count).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 7) })
    let layer = kernels.packWinograd3x3(
      weights: (0..<80 * 16 * 24).map { Int8(truncatingIfNeeded: ($0 &* 40503) >> 3) },
      bias: .init(repeating: -3000, count: 80), multiplier: .init(repeating: 0.0007, count: 80), inputChannels: [24],
      scales: [[Int16](repeating: 9000, count: 16)])
    let output = QuantizedTensor(wide, Self.zeroPoint, at: outputMemory.base)
    WorkerPool(threads: 2).run(rows: 0..<count) { pieces, _ in
      kernels.convolveWinograd3x3(source, with: layer, into: output, pieces: pieces, of: count)
    }
    return withExtendedLifetime((memory, outputMemory)) { (output.codes(), border(of: output)) }
  }

  @Test(arguments: CPUTier.supported) func piecesOfTilesDoNotChangeTheResult(tier: CPUTier) throws {
    let kernels = try Kernels(tier: tier)
    let expected = transform(try Kernels(tier: .c), pieces: 1)
    #expect(Set(expected.codes).count > 50, "the data should not all be clamped")
    #expect(expected.border.allSatisfy { $0 == Self.zeroPoint.zeroPoint })
    for count in [1, 2, 5, 7, 24] {
      let actual = transform(kernels, pieces: count)
      #expect(actual.codes == expected.codes && actual.border == expected.border, "\(count) pieces")
    }
  }

  @Test func poolingTakesTheLargestOfFour() throws {
    let result = convolve(try Kernels(tier: .c), threads: 1)
    for y in 0..<10 {
      for x in 0..<11 {
        for c in 0..<144 {
          let window = [(0, 0), (0, 1), (1, 0), (1, 1)].map { result.codes[((2 * y + $0) * 22 + 2 * x + $1) * 144 + c] }
          if result.pooled[(y * 11 + x) * 144 + c] != window.max() {
            Issue.record("pooled (\(y), \(x)) channel \(c) is not the maximum of \(window)")
          }
        }
      }
    }
  }

  @Test(arguments: CPUTier.supported) func thePeakIsMoreThanNothing(tier: CPUTier) throws {
    let peak = try Kernels(tier: tier).measurePeak(pool: WorkerPool(threads: 2), milliseconds: 2)
    #expect(peak > 1e7 && peak.isFinite)
  }
}
