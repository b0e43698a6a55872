// Tier c against real arithmetic on the values that the codes stand for.
import Tensors
import Testing

@Suite struct FloatOracleTests {
  /// The result may differ from the exact real number by rounding to a code, and by what f32 adds to that.
  private static let bound = 0.5 + 1e-3

  @Test func convolutionOfTwoSourcesIsWithinHalfACode() throws {
    let kernels = try Kernels(tier: .c)
    var generator = SystemRandomNumberGenerator()
    let shapes = [Shape(height: 5, width: 7, channels: 6), Shape(height: 5, width: 7, channels: 3)]
    let quantizations = [Quantization(scale: 0.05), Quantization(scale: 0.02, zeroPoint: 90)]
    let memories = zip(shapes, quantizations).map { TensorMemory($0, $1) }
    let sources = (0..<2).map { QuantizedTensor(shapes[$0], quantizations[$0], at: memories[$0].base) }
    for source in sources {
      source.setCodes((0..<source.shape.count).map { _ in .random(in: 0...255, using: &generator) })
    }

    // One accumulator unit is `unit`, real; weights of the second source are rounded in units of its own scale.
    let (unit, out) = (Float(0.001), 5)
    let outputQuantization = Quantization(scale: 0.9, zeroPoint: 120)
    let weights = (0..<out * 9 * 9).map { _ in Int8.random(in: -128...127, using: &generator) }
    let realBias = (0..<out).map { _ in Float.random(in: -3...3, using: &generator) }
    let zeroTerm = (0..<out).map { o in
      (0..<81).reduce(Int32(0)) { $0 + ($1 % 9 >= 6 ? Int32(weights[o * 81 + $1]) * 90 : 0) }
    }
    let bias = (0..<out).map { Int32((realBias[$0] / unit).rounded()) - zeroTerm[$0] }
    let layer = kernels.packConvolution3x3(
      weights: weights, bias: bias, multiplier: .init(repeating: unit / outputQuantization.scale, count: out),
      inputChannels: [6, 3])
    let outputShape = Shape(height: 5, width: 7, channels: out)
    let outputMemory = TensorMemory(outputShape, outputQuantization)
    let output = QuantizedTensor(outputShape, outputQuantization, at: outputMemory.base)
    kernels.convolve3x3(sources[0], sources[1], with: layer, into: output, rows: 0..<5)

    var worst = 0.0
    for (y, x, o) in product(5, 7, out) {
      let real = exact(sources, weights, unit: Double(unit), y, x, o) + Double(realBias[o])
      let code = min(max(real / Double(outputQuantization.scale) + 120, 0), 255)
      // The bias is rounded to a whole accumulator unit, which is far less than a code.
      let slack = Double(unit / outputQuantization.scale)
      worst = max(worst, abs(Double(output.pixel(y, x)[o]) - code) - slack)
    }
    #expect(worst <= Self.bound)
    withExtendedLifetime((memories, outputMemory)) {}
  }

  /// The real sum over window and channels: a weight's real value is w · unit / (its source's scale).
  private func exact(
    _ sources: [QuantizedTensor], _ weights: [Int8], unit: Double, _ y: Int, _ x: Int, _ o: Int
  ) -> Double {
    var sum = 0.0
    for ky in 0..<3 {
      for kx in 0..<3 where (0..<5).contains(y + ky - 1) && (0..<7).contains(x + kx - 1) {
        for c in 0..<9 {
          let source = sources[c < 6 ? 0 : 1]
          let value = Double(source.quantization.dequantize(source.pixel(y + ky - 1, x + kx - 1)[c < 6 ? c : c - 6]))
          let weight = Double(weights[((o * 3 + ky) * 3 + kx) * 9 + c]) * unit / Double(source.quantization.scale)
          sum += value * weight
        }
      }
    }
    return sum
  }

  private func product(_ a: Int, _ b: Int, _ c: Int) -> [(Int, Int, Int)] {
    (0..<a * b * c).map { ($0 / (b * c), $0 / c % b, $0 % c) }
  }
}
