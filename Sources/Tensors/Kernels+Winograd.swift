// 3×3 convolutions in the transform domain: packing, and running over tensors.
import CKernels

/// A 3×3 convolution as F(2×2, 3×3), packed for one tier. Made by `Kernels.packWinograd3x3`.
public struct PackedWinograd3x3: Sendable {
  /// Logical channels of the one or two sources.
  public let inputChannels: [Int]
  public let outputChannels: Int
  /// Per source and tap, in 1/32768.
  let scales: [[Int16]]
  let memory: PackedMemory

  /// Bytes of packed weights, bias and multipliers.
  public var byteCount: Int { memory.byteCount }
}

extension Kernels {
  /// The most channels, of all sources together, that a Winograd convolution reads.
  public static let winogradChannels = Int(CK_WINOGRAD_CHANNELS)

  /// Packs a 3×3 convolution of stride 1 whose weights were transformed.
  ///
  /// - Parameters:
  ///   - weights: s8 `[out, 4, 4, inputChannels…]`, the channels of two sources one after the other.
  ///   - bias: s32 `[out]`, in the unit that all taps share, with what the values' centres take out added.
  ///   - multiplier: `[out]`, accumulator units to codes of the output.
  ///   - inputChannels: logical channels of the one source, or of the two; `winogradChannels` at most, as stored.
  ///   - scales: per source 16 scales of transformed values in 1/32768, from 1 on.
  public func packWinograd3x3(
    weights: [Int8], bias: [Int32], multiplier: [Float], inputChannels: [Int], scales: [[Int16]]
  ) -> PackedWinograd3x3 {
    let out = bias.count
    let logical = inputChannels.reduce(0, +)
    precondition(inputChannels.count == 1 || inputChannels.count == 2, "a convolution has one source or two")
    precondition(weights.count == out * 16 * logical, "\(weights.count) weights are not [\(out), 4, 4, \(logical)]")
    precondition(
      scales.count == inputChannels.count && scales.allSatisfy { $0.count == 16 && $0.allSatisfy { $0 > 0 } },
      "each source has 16 positive scales")
    let first = Int32(inputChannels[0])
    let second = Int32(inputChannels.count == 2 ? inputChannels[1] : 0)
    let stored = ((first + 3) / 4 * 4, (second + 3) / 4 * 4)
    precondition(Int(stored.0 + stored.1) <= Self.winogradChannels, "\(inputChannels) channels are too many")
    let memory = PackedMemory(
      tier: tier, packedSize: table.pointee.winograd3x3_packed_size(stored.0, stored.1, Int32(out)), bias: bias,
      multiplier: multiplier
    ) { table.pointee.winograd3x3_pack($0, weights, first, stored.0, second, stored.1, Int32(out)) }
    return PackedWinograd3x3(inputChannels: inputChannels, outputChannels: out, scales: scales, memory: memory)
  }

  /// 3×3 convolution, stride 1, in the transform domain; otherwise as `convolve3x3`.
  ///
  /// - Parameter rows: rows of `output` to do; from an even one to an even one or the last.
  /// - Complexity: 16 products for every 36 of the window; allocates nothing, takes up to 256 KiB of the stack.
  public func convolveWinograd3x3(
    _ source: QuantizedTensor, _ second: QuantizedTensor? = nil, with layer: PackedWinograd3x3,
    into output: QuantizedTensor, pooledInto pooled: QuantizedTensor? = nil, rows: Range<Int>
  ) {
    let height = output.shape.height
    precondition(
      rows.lowerBound % 2 == 0 && (rows.upperBound % 2 == 0 || rows.upperBound == height),
      "rows \(rows) of \(height) cut a row of tiles")
    checkSources(source, second, channels: layer.inputChannels)
    check(output, sources: (source, second), pooled: pooled, rows: rows)
    check(output, channels: layer.outputChannels, rows: rows, of: height, layer.memory)
    var args = ck_winograd_args()
    args.conv = arguments(source, layer.memory, layer.outputChannels, output, rows, 0..<1)
    args.source.0 = Self.source(source, layer.scales[0])
    if let second {
      args.conv.src.1 = second.view
      args.source.1 = Self.source(second, layer.scales[1])
    }
    if let pooled { args.conv.pooled = pooled.view }
    table.pointee.winograd3x3(&args)
    output.fillBorder(rows: rows)
    pooled?.fillBorder(rows: rows.lowerBound / 2..<rows.upperBound / 2)
  }

  private static func source(_ tensor: QuantizedTensor, _ scales: [Int16]) -> ck_winograd_source {
    var source = ck_winograd_source()
    source.zero_point = Int32(tensor.quantization.zeroPoint)
    withUnsafeMutableBytes(of: &source.scale) { bytes in scales.withUnsafeBytes { bytes.copyMemory(from: $0) } }
    return source
  }
}
