// Convolutions over tensors.
import CKernels

extension Kernels {
  /// 3×3 convolution, stride 1, "same" padding, requantised to the output's scale; its zero point 0 makes the clamp the ReLU.
  ///
  /// - Parameters:
  ///   - source: u8 `[H, W, inputChannels[0]]`, border filled.
  ///   - second: u8 `[H, W, inputChannels[1]]` for a convolution of two sources; read as further channels.
  ///   - output: u8 `[H, W, out]`; its `rows` are written, and their border.
  ///   - pooled: u8 `[H/2, W/2, out]`, the 2×2 maximum of `output`, or nil; needs even `rows` bounds.
  ///   - rows: rows of `output` to do.
  ///   - blocks: blocks of output channels to do, out of `layer.blockCount`; nil for all.
  public func convolve3x3(
    _ source: QuantizedTensor, _ second: QuantizedTensor? = nil, with layer: PackedConvolution3x3,
    into output: QuantizedTensor, pooledInto pooled: QuantizedTensor? = nil, rows: Range<Int>,
    blocks: Range<Int>? = nil
  ) {
    checkSources(source, second, channels: layer.inputChannels)
    check(output, sources: (source, second), pooled: pooled, rows: rows)
    check(output, channels: layer.outputChannels, rows: rows, of: output.shape.height, layer.memory)
    let blocks = checked(blocks, of: layer.blockCount)
    var args = arguments(source, layer.memory, layer.outputChannels, output, rows, blocks)
    if let second { args.src.1 = second.view }
    if let pooled { args.pooled = pooled.view }
    table.pointee.conv3x3(&args)
    if blocks.lowerBound > 0 { return }
    output.fillBorder(rows: rows)
    pooled?.fillBorder(rows: rows.lowerBound / 2..<rows.upperBound / 2)
  }

  /// 3×3 convolution, stride 2: output (y, x) reads source rows 2y−1…2y+1 and columns 2x−1…2x+1.
  ///
  /// - Parameters:
  ///   - source: u8 `[2H, 2W, inputChannels[0]]`, border filled.
  ///   - output: u8 `[H, W, out]`; its `rows` are written, and their border.
  ///   - rows: rows of `output` to do.
  ///   - blocks: blocks of output channels to do, out of `layer.blockCount`; nil for all.
  public func convolve3x3Stride2(
    _ source: QuantizedTensor, with layer: PackedConvolution3x3, into output: QuantizedTensor, rows: Range<Int>,
    blocks: Range<Int>? = nil
  ) {
    checkSources(source, nil, channels: layer.inputChannels)
    precondition(isTwice(source, output), "a source \(source.shape) is not twice an output \(output.shape)")
    check(output, channels: layer.outputChannels, rows: rows, of: output.shape.height, layer.memory)
    let blocks = checked(blocks, of: layer.blockCount)
    var args = arguments(source, layer.memory, layer.outputChannels, output, rows, blocks)
    table.pointee.conv3x3_stride2(&args)
    if blocks.lowerBound == 0 { output.fillBorder(rows: rows) }
  }

  /// Transposed convolution, stride 2; a 4×4 window has a padding of 1.
  ///
  /// - Parameters:
  ///   - source: u8 `[H, W, inputChannels]`, border filled.
  ///   - output: u8 `[2H, 2W, out]`; rows `2·rows` are written, and their border.
  ///   - rows: rows of `source` to do.
  ///   - blocks: blocks of output columns and channels to do, out of `layer.blockCount`; nil for all.
  public func upconvolve(
    _ source: QuantizedTensor, with layer: PackedUpconvolution, into output: QuantizedTensor, rows: Range<Int>,
    blocks: Range<Int>? = nil
  ) {
    precondition(
      source.shape.channels == layer.inputChannels,
      "a source \(source.shape) meets a layer of \(layer.inputChannels) input channels")
    precondition(isTwice(output, source), "an output \(output.shape) is not twice a source \(source.shape)")
    check(output, channels: layer.outputChannels, rows: rows, of: source.shape.height, layer.memory)
    let blocks = checked(blocks, of: layer.blockCount)
    var args = arguments(source, layer.memory, layer.outputChannels, output, rows, blocks)
    if layer.window == 2 { table.pointee.upconv2x2(&args) } else { table.pointee.upconv4x4(&args) }
    if blocks.lowerBound == 0 { output.fillBorder(rows: 2 * rows.lowerBound..<2 * rows.upperBound) }
  }

  func arguments(
    _ source: QuantizedTensor, _ memory: PackedMemory, _ outputChannels: Int, _ output: QuantizedTensor,
    _ rows: Range<Int>, _ blocks: Range<Int>
  ) -> ck_conv_args {
    var args = ck_conv_args()
    args.src.0 = source.view
    args.weights = memory.weights
    args.bias = memory.bias
    args.multiplier = memory.multiplier
    args.in_channels = Int32(source.shape.channels)
    args.out_channels = Int32(outputChannels)
    args.zero_point = Int32(output.quantization.zeroPoint)
    args.dst = output.view
    args.row_begin = Int32(rows.lowerBound)
    args.row_end = Int32(rows.upperBound)
    args.block_begin = Int32(blocks.lowerBound)
    args.block_end = Int32(blocks.upperBound)
    return args
  }

  /// `blocks`, or all of `count`.
  private func checked(_ blocks: Range<Int>?, of count: Int) -> Range<Int> {
    guard let blocks else { return 0..<count }
    precondition(
      blocks.lowerBound >= 0 && blocks.upperBound <= count && !blocks.isEmpty,
      "blocks \(blocks) are not in 0..<\(count)")
    return blocks
  }

  func checkSources(_ source: QuantizedTensor, _ second: QuantizedTensor?, channels: [Int]) {
    precondition(
      source.shape.channels == channels[0]
        && (second == nil
          ? channels.count == 1 : channels.count == 2 && second?.shape.channels == channels[1]),
      "sources \(source.shape), \(second.map { "\($0.shape)" } ?? "none") meet a layer of \(channels) channels"
    )
  }

  /// Checks the sizes around a convolution of stride 1.
  func check(
    _ output: QuantizedTensor, sources: (QuantizedTensor, QuantizedTensor?), pooled: QuantizedTensor?, rows: Range<Int>
  ) {
    precondition(
      isSameSize(sources.0, output) && sources.1.map { isSameSize($0, output) } != false,
      "sources \(sources.0.shape), \(sources.1.map { "\($0.shape)" } ?? "none") do not fit an output \(output.shape)")
    guard let pooled else { return }
    precondition(pooled.shape == output.shape.halved, "pooled \(pooled.shape) is not half of \(output.shape)")
    precondition(rows.lowerBound % 2 == 0 && rows.upperBound % 2 == 0, "pooling needs even rows, not \(rows)")
  }

  func check(
    _ output: QuantizedTensor, channels: Int, rows: Range<Int>, of height: Int, _ memory: PackedMemory
  ) {
    precondition(memory.tier == tier, "a layer packed for \(memory.tier) meets kernels of \(tier)")
    precondition(output.shape.channels == channels, "an output \(output.shape) meets a layer of \(channels) channels")
    precondition(rows.lowerBound >= 0 && rows.upperBound <= height, "rows \(rows) are outside of 0..<\(height)")
  }

  private func isSameSize(_ a: QuantizedTensor, _ b: QuantizedTensor) -> Bool {
    a.shape.height == b.shape.height && a.shape.width == b.shape.width
  }

  private func isTwice(_ large: QuantizedTensor, _ small: QuantizedTensor) -> Bool {
    large.shape.height == 2 * small.shape.height && large.shape.width == 2 * small.shape.width
  }
}
