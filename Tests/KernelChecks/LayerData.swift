// Weights, bias and multipliers of a case, and their packing in guarded memory.
import CKernels

/// The parameters of a layer before packing.
struct LayerData {
  var weights: [Int8]
  /// Bias and multipliers, padded with zeros to a multiple of 16.
  var bias: [Int32]
  var multiplier: [Float]

  /// - Parameter depth: products per output.
  init(_ content: InputClass, depth: Int, outputs: Int, _ random: inout SplitMix64) {
    weights = [Int8](repeating: 0, count: depth * outputs)
    switch content {
    case .uniform, .impulse, .zeroPoint: weights.withUnsafeMutableBytes { random.fill($0) }
    case .bell:
      for i in weights.indices {
        let sum = (0..<4).reduce(0) { sum, _ in sum + Int.random(in: -32...31, using: &random) }
        weights[i] = Int8(clamping: sum)
      }
    case .sameSign:
      let signs: [Int8] = (0..<outputs).map { _ in Bool.random(using: &random) ? 1 : -1 }
      for i in weights.indices { weights[i] = signs[i / depth] * Int8.random(in: 0...40, using: &random) }
    case .extremeLow: weights = [Int8](repeating: -128, count: weights.count)
    case .extremeHigh: weights = [Int8](repeating: 127, count: weights.count)
    case .ties: for i in weights.indices { weights[i] = Int8.random(in: -1...1, using: &random) }
    }
    let padded = (outputs + 15) / 16 * 16
    bias = [Int32](repeating: 0, count: padded)
    multiplier = [Float](repeating: 0, count: padded)
    // A sum of `depth` random products is about 255 · 128 / 3 · sqrt(depth): most codes land inside of 0...255.
    let typical = 1 / (60 * Float(depth).squareRoot())
    for o in 0..<outputs {
      bias[o] = Int32.random(in: content == .ties ? 0...20 : -20000...20000, using: &random)
      multiplier[o] = content == .ties ? 0.5 : typical * Float.random(in: 0.1...1.5, using: &random)
    }
  }

  /// Packs into memory that ends at an unreadable page.
  func packed(size: Int, _ pack: (UnsafeMutablePointer<Int8>, UnsafePointer<Int8>) -> Void) -> GuardedBuffer {
    let buffer = GuardedBuffer(byteCount: size, alignment: 64)
    weights.withUnsafeBufferPointer {
      guard let from = $0.baseAddress else { return }
      pack(buffer.base.assumingMemoryBound(to: Int8.self), from)
    }
    return buffer
  }
}
