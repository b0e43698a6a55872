// The training kernels against the definitions: a forward pass in plain loops, and gradients as its adjoints.
import Tensors
import Testing

/// Pictures `[pictures, height, width, channels]` with a border of one pixel of zeros.
private final class Pictures {
  let pictures, height, width, channels: Int
  private var numbers: [Float]

  init(_ pictures: Int, _ height: Int, _ width: Int, _ channels: Int, _ value: (Int) -> Float = { _ in 0 }) {
    (self.pictures, self.height, self.width, self.channels) = (pictures, height, width, channels)
    numbers = [Float](repeating: 0, count: pictures * (height + 2) * (width + 2) * channels)
    for i in 0..<(pictures * height * width * channels) {
      let (pixel, c) = (i / channels, i % channels)
      numbers[index(pixel / width / height, pixel / width % height, pixel % width, c)] = value(i)
    }
  }

  private func index(_ n: Int, _ y: Int, _ x: Int, _ c: Int) -> Int {
    ((n * (height + 2) + y + 1) * (width + 2) + x + 1) * channels + c
  }

  subscript(n: Int, y: Int, x: Int, c: Int) -> Double { Double(numbers[index(n, y, x, c)]) }

  /// Lends the memory.
  func withView(_ body: (BatchView) -> Void) {
    let first = index(0, 0, 0, 0)
    numbers.withUnsafeMutableBufferPointer {
      guard let base = $0.baseAddress else { return }
      let row = (width + 2) * channels
      body(
        BatchView(
          base + first, .f32, rowStride: row, pictureStride: (height + 2) * row, pictures: pictures, height: height,
          width: width, channels: channels))
    }
  }

  /// The sum of products of equal places.
  func product(_ other: Pictures) -> Double {
    zip(numbers, other.numbers).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }
}

/// Small whole numbers, whose sums are exact in any order.
private func number(_ seed: Int) -> (Int) -> Float {
  { i in Float((i * 37 + seed * 11) % 23 % 7 - 3) }
}

private func withPacked(
  _ weights: [Float], _ layer: TrainingLayerShape, _ kernels: TrainingKernels, _ body: (UnsafeRawPointer) -> Void
) {
  let packed = UnsafeMutableRawPointer.allocate(byteCount: kernels.packedByteCount(layer), alignment: 64)
  defer { packed.deallocate() }
  kernels.pack(weights, of: layer, blocks: 0..<kernels.blockCount(layer), into: packed)
  body(packed)
}

/// One layer's passes through a tier: a result, a gradient by it and what follows from that.
private struct Passes {
  let source: Pictures
  let result: Pictures
  let gradient: Pictures
  let weights: [Float]
  let back: Pictures
  let weightGradient: [Float]
  let moments: [Double]

  init(_ kind: TrainingLayerKind, _ kernels: TrainingKernels) throws {
    let layer = TrainingLayerShape(kind, inputs: [8], outputs: [16])
    let factor = kind == .upconvolution ? 2 : 1
    let source = Pictures(2, 3, 4, 8, number(1))
    let (result, back) = (Pictures(2, 3 * factor, 4 * factor, 16), Pictures(2, 3, 4, 8))
    let gradient = Pictures(2, 3 * factor, 4 * factor, 16, number(2))
    let weights = (0..<layer.weightCount).map(number(3))
    var parts = [Float](repeating: 9, count: 2 * layer.weightCount)
    var weightGradient = [Float](repeating: 9, count: layer.weightCount)
    var moments = [Double](repeating: 0, count: 32)
    let bytes = [
      kernels.scratchByteCount(layer), kernels.scratchByteCount(layer.back),
      kernels.gradientScratchByteCount(layer, width: 8),
    ]
    let scratch = UnsafeMutableRawPointer.allocate(byteCount: bytes.max() ?? 0, alignment: 64)
    defer { scratch.deallocate() }
    source.withView { source in
      gradient.withView { gradient in
        withPacked(weights, layer, kernels) { packed in
          result.withView { result in
            for rows in [0..<2, 2..<6] {
              kernels.convolve(
                [source], with: packed, of: layer, into: [result], moments: &moments, rows: rows, scratch: scratch)
            }
          }
        }
        withPacked(weights, layer.back, kernels) { packed in
          back.withView {
            kernels.convolve([gradient], with: packed, of: layer.back, into: [$0], rows: 0..<6, scratch: scratch)
          }
        }
        parts.withUnsafeMutableBufferPointer { parts in
          guard let base = parts.baseAddress else { return }
          for (index, rows) in [0..<1, 1..<6].enumerated() {
            kernels.differentiateWeights(
              of: layer, sources: [source], gradient: gradient, part: base + index * layer.weightCount, adds: false,
              rows: rows, scratch: scratch)
          }
          TrainingKernels.sumParts(base, count: 2, of: layer, into: &weightGradient, channels: 0..<16)
        }
      }
    }
    (self.source, self.result, self.gradient, self.weights) = (source, result, gradient, weights)
    (self.back, self.weightGradient, self.moments) = (back, weightGradient, moments)
  }

  /// The definition of the result at one place.
  func expected(_ kind: TrainingLayerKind, _ n: Int, _ y: Int, _ x: Int, _ o: Int) -> Double {
    var sum = 0.0
    for i in 0..<8 {
      if kind == .upconvolution {
        sum += source[n, y / 2, x / 2, i] * Double(weights[((y % 2 * 2 + x % 2) * 16 + o) * 8 + i])
      } else {
        for tap in 0..<9 {
          sum += source[n, y + tap / 3 - 1, x + tap % 3 - 1, i] * Double(weights[(o * 9 + tap) * 8 + i])
        }
      }
    }
    return sum
  }
}

@Suite struct TrainingReferenceTests {
  /// Small whole numbers, which all tiers and forms compute exactly.
  @Test(arguments: [TrainingLayerKind.convolution, .upconvolution], TrainingTier.allCases)
  func forwardPassIsTheDefinition(kind: TrainingLayerKind, tier: TrainingTier) throws {
    guard let kernels = TrainingKernels(tier: tier, real: .f32) else { return print("\(tier): skipped, not here") }
    let passes = try Passes(kind, kernels)
    var (sums, squares) = ([Double](repeating: 0, count: 16), [Double](repeating: 0, count: 16))
    for i in 0..<(2 * passes.result.height * passes.result.width * 16) {
      let (o, x, y) = (i % 16, i / 16 % passes.result.width, i / 16 / passes.result.width % passes.result.height)
      let n = i / 16 / passes.result.width / passes.result.height
      let expected = passes.expected(kind, n, y, x, o)
      #expect(passes.result[n, y, x, o] == expected)
      sums[o] += expected
      squares[o] += expected * expected
    }
    #expect(passes.moments == sums + squares)
  }

  /// ⟨conv(x), dy⟩ = ⟨x, back(dy)⟩ = ⟨w, gradient by w⟩, since the result is linear in x and in w.
  @Test(arguments: [TrainingLayerKind.convolution, .upconvolution], TrainingTier.allCases)
  func gradientsAreAdjoint(kind: TrainingLayerKind, tier: TrainingTier) throws {
    guard let kernels = TrainingKernels(tier: tier, real: .f32) else { return print("\(tier): skipped, not here") }
    let passes = try Passes(kind, kernels)
    let product = passes.result.product(passes.gradient)
    #expect(product != 0)
    #expect(passes.source.product(passes.back) == product)
    let byWeights = zip(passes.weights, passes.weightGradient).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    #expect(byWeights == product)
  }
}
