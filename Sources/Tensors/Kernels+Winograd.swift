// 3×3 convolutions in the transform domain: packing, and running over tensors.
import CKernels

/// A 3×3 convolution as F(2×2, 3×3), packed for one tier. Made by `Kernels.packWinograd3x3`.
public struct PackedWinograd3x3: Sendable {
  /// Logical channels of the one or two sources.
  public let inputChannels: [Int]
  public let outputChannels: Int
  /// Per source and tap, in 1/32768.
  let scales: [[Int16]]
  /// The most tiles that share a reading of the weights.
  let band: Int
  let memory: PackedMemory

  /// Bytes of packed weights, bias and multipliers.
  public var byteCount: Int { memory.byteCount }

  /// Tiles, windows of 2×2 outputs, of an output of this shape.
  public static func tileCount(of shape: Shape) -> Int { (shape.height + 1) / 2 * tilesAcross(shape) }

  /// In how many pieces of nearly equal size `threads` threads best share the tiles of an output: equally many for each, and
  /// as few as that takes, for every piece reads all weights.
  public func pieceCount(of shape: Shape, threads: Int) -> Int {
    let tiles = Self.tileCount(of: shape)
    return min(tiles, roundedUp((tiles + band - 1) / band, to: threads))
  }

  static func tilesAcross(_ shape: Shape) -> Int { (shape.width + 1) / 2 }
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
    let band = Int(table.pointee.winograd3x3_band(stored.0 + stored.1, Int32(out)))
    return PackedWinograd3x3(
      inputChannels: inputChannels, outputChannels: out, scales: scales, band: band, memory: memory)
  }

  /// 3×3 convolution, stride 1, in the transform domain; otherwise as `convolve3x3`.
  ///
  /// - Parameters:
  ///   - pieces: which pieces of `output` to do.
  ///   - count: in how many nearly equal pieces its tiles are cut; see `PackedWinograd3x3.pieceCount`.
  /// - Complexity: 16 products for every 36 of the window; allocates nothing, takes up to 256 KiB of the stack.
  public func convolveWinograd3x3(
    _ source: QuantizedTensor, _ second: QuantizedTensor? = nil, with layer: PackedWinograd3x3,
    into output: QuantizedTensor, pooledInto pooled: QuantizedTensor? = nil, pieces: Range<Int> = 0..<1,
    of count: Int = 1
  ) {
    precondition(pieces.lowerBound >= 0 && pieces.upperBound <= count, "pieces \(pieces) are not in 0..<\(count)")
    let (shape, tiles) = (output.shape, PackedWinograd3x3.tileCount(of: output.shape))
    let (begin, end) = (tiles * pieces.lowerBound / count, tiles * pieces.upperBound / count)
    let rows = 0..<shape.height
    checkSources(source, second, channels: layer.inputChannels)
    check(output, sources: (source, second), pooled: pooled, rows: rows)
    check(output, channels: layer.outputChannels, rows: rows, of: shape.height, layer.memory)
    var args = ck_winograd_args()
    args.conv = arguments(source, layer.memory, layer.outputChannels, output, rows, 0..<1)
    args.source.0 = Self.source(source, layer.scales[0])
    if let second {
      args.conv.src.1 = second.view
      args.source.1 = Self.source(second, layer.scales[1])
    }
    if let pooled { args.conv.pooled = pooled.view }
    args.tile_begin = Int32(begin)
    args.tile_end = Int32(end)
    table.pointee.winograd3x3(&args)
    fillBorder(output, pooled, tiles: begin..<end)
  }

  /// Beside the rows of tiles whose first one is in `tiles`.
  private func fillBorder(_ output: QuantizedTensor, _ pooled: QuantizedTensor?, tiles: Range<Int>) {
    let across = PackedWinograd3x3.tilesAcross(output.shape)
    let rows = (tiles.lowerBound + across - 1) / across..<(tiles.upperBound + across - 1) / across
    if rows.isEmpty { return }
    output.fillBorder(rows: 2 * rows.lowerBound..<min(2 * rows.upperBound, output.shape.height))
    pooled?.fillBorder(rows: rows)
  }

  private static func source(_ tensor: QuantizedTensor, _ scales: [Int16]) -> ck_winograd_source {
    var source = ck_winograd_source()
    source.zero_point = Int32(tensor.quantization.zeroPoint)
    withUnsafeMutableBytes(of: &source.scale) { bytes in scales.withUnsafeBytes { bytes.copyMemory(from: $0) } }
    return source
  }
}
