// From a model's weights to packed layers.
import CKernels

extension Kernels {
  /// Packs a 3×3 convolution, of stride 1 or 2.
  ///
  /// - Parameters:
  ///   - weights: s8 `[out, 3, 3, inputChannels…]`, the channels of two sources one after the other.
  ///   - bias: s32 `[out]`, zero-point terms folded in.
  ///   - multiplier: `[out]`, accumulator units to codes of the output.
  ///   - inputChannels: logical channels of the one source, or of the two.
  public func packConvolution3x3(
    weights: [Int8], bias: [Int32], multiplier: [Float], inputChannels: [Int]
  ) -> PackedConvolution3x3 {
    let out = bias.count
    let logical = inputChannels.reduce(0, +)
    precondition(inputChannels.count == 1 || inputChannels.count == 2, "a convolution has one source or two")
    precondition(weights.count == out * 9 * logical, "\(weights.count) weights are not [\(out), 3, 3, \(logical)]")
    let first = Int32(inputChannels[0])
    let second = Int32(inputChannels.count == 2 ? inputChannels[1] : 0)
    let stored = (stored(first), stored(second))
    let memory = PackedMemory(
      tier: tier, packedSize: table.pointee.conv3x3_packed_size(stored.0, stored.1, Int32(out)), bias: bias,
      multiplier: multiplier
    ) { table.pointee.conv3x3_pack($0, weights, first, stored.0, second, stored.1, Int32(out)) }
    return PackedConvolution3x3(
      inputChannels: inputChannels, outputChannels: out, blockCount: blockCount(Int32(out)), memory: memory)
  }

  /// Packs a transposed convolution of stride 2.
  ///
  /// - Parameters:
  ///   - weights: s8 `[out, window, window, inputChannels]`.
  ///   - bias: s32 `[out]`, zero-point terms folded in.
  ///   - multiplier: `[out]`, accumulator units to codes of the output.
  ///   - window: 2, or 4 with a padding of 1.
  public func packUpconvolution(
    weights: [Int8], bias: [Int32], multiplier: [Float], inputChannels: Int, window: Int
  ) -> PackedUpconvolution {
    let (out, logical, outputs) = (bias.count, Int32(inputChannels), Int32(bias.count))
    precondition(window == 2 || window == 4, "a transposed convolution has a window of 2 or 4, not \(window)")
    precondition(
      weights.count == out * window * window * inputChannels,
      "\(weights.count) weights are not [\(out), \(window), \(window), \(logical)]")
    let stored = stored(logical)
    let table = table.pointee
    let size =
      window == 2 ? table.upconv2x2_packed_size(stored, outputs) : table.upconv4x4_packed_size(stored, outputs)
    let memory = PackedMemory(tier: tier, packedSize: size, bias: bias, multiplier: multiplier) { packed in
      if window == 2 {
        table.upconv2x2_pack(packed, weights, logical, stored, outputs)
      } else {
        table.upconv4x4_pack(packed, weights, logical, stored, outputs)
      }
    }
    let blocks = blockCount(window == 2 ? 2 * self.stored(outputs) : self.stored(outputs))
    return PackedUpconvolution(
      window: window, inputChannels: inputChannels, outputChannels: out, blockCount: blocks, memory: memory)
  }

  /// Packs a 1×1 head of 1 to 255 classes.
  ///
  /// - Parameters:
  ///   - weights: s8 `[classes, inputChannels]`.
  ///   - bias: s32 `[classes]`, zero-point terms folded in.
  ///   - multiplier: `[classes]`, the real value of one accumulator unit.
  public func packHead(weights: [Int8], bias: [Int32], multiplier: [Float], inputChannels: Int) -> PackedHead {
    let (classes, logical) = (bias.count, Int32(inputChannels))
    precondition(classes >= 1 && classes <= 255, "a head has 1 to 255 classes, not \(classes)")
    precondition(weights.count == classes * inputChannels, "\(weights.count) weights are not [\(classes), \(logical)]")
    let stored = stored(logical)
    let memory = PackedMemory(
      tier: tier, packedSize: table.pointee.head_packed_size(stored, Int32(classes)), bias: bias, multiplier: multiplier
    ) { table.pointee.head_pack($0, weights, logical, stored, Int32(classes)) }
    return PackedHead(inputChannels: inputChannels, classes: classes, memory: memory)
  }

  private func blockCount(_ outputs: Int32) -> Int { Int(ck_block_count(table.pointee.block, outputs)) }

  private func stored(_ channels: Int32) -> Int32 { (channels + 3) / 4 * 4 }
}
