// Weights in the order that one tier's kernels read them, with their bias and multipliers.
import CKernels

/// Memory shared by the packed layers: weights, then bias and multipliers padded with zeros to a multiple of 16.
final class PackedMemory: Sendable {
  let tier: CPUTier
  private let memory: TensorMemory
  private let biasOffset: Int
  private let multiplierOffset: Int

  var weights: UnsafePointer<Int8> { UnsafePointer(memory.base.assumingMemoryBound(to: Int8.self)) }
  var bias: UnsafePointer<Int32> { UnsafePointer((memory.base + biasOffset).assumingMemoryBound(to: Int32.self)) }
  var multiplier: UnsafePointer<Float> {
    UnsafePointer((memory.base + multiplierOffset).assumingMemoryBound(to: Float.self))
  }
  var byteCount: Int { memory.byteCount }

  /// - Parameter pack: writes the packed weights, `packedSize` bytes.
  init(
    tier: CPUTier, packedSize: Int, bias: [Int32], multiplier: [Float], pack: (UnsafeMutablePointer<Int8>) -> Void
  ) {
    precondition(bias.count == multiplier.count, "\(bias.count) biases but \(multiplier.count) multipliers")
    self.tier = tier
    let padded = 4 * roundedUp(bias.count, to: 16)
    biasOffset = roundedUp(packedSize, to: 64)
    multiplierOffset = biasOffset + padded
    memory = TensorMemory(byteCount: multiplierOffset + padded)
    pack(memory.base.assumingMemoryBound(to: Int8.self))
    (memory.base + biasOffset).copyMemory(from: bias, byteCount: 4 * bias.count)
    (memory.base + multiplierOffset).copyMemory(from: multiplier, byteCount: 4 * multiplier.count)
  }
}

/// A 3×3 convolution, packed for one tier. Made by `Kernels.packConvolution3x3`.
public struct PackedConvolution3x3: Sendable {
  /// Logical channels of the one or two sources.
  public let inputChannels: [Int]
  public let outputChannels: Int
  /// Blocks of output channels that threads can share; the tier's choice.
  public let blockCount: Int
  let memory: PackedMemory

  /// Bytes of packed weights, bias and multipliers.
  public var byteCount: Int { memory.byteCount }
}

/// A transposed convolution of stride 2, packed for one tier. Made by `Kernels.packUpconvolution`.
public struct PackedUpconvolution: Sendable {
  /// 2, or 4 with a padding of 1.
  public let window: Int
  public let inputChannels: Int
  public let outputChannels: Int
  /// Blocks of output columns and channels that threads can share; the tier's choice.
  public let blockCount: Int
  let memory: PackedMemory

  /// Bytes of packed weights, bias and multipliers.
  public var byteCount: Int { memory.byteCount }
}

/// A 1×1 head, packed for one tier. Made by `Kernels.packHead`.
public struct PackedHead: Sendable {
  public let inputChannels: Int
  public let classes: Int
  let memory: PackedMemory

  /// Bytes of packed weights, bias and multipliers.
  public var byteCount: Int { memory.byteCount }
}
