// Aligned memory with one owner.

/// One block of zeroed memory, 64-byte aligned with 64 bytes of tail padding.
public final class TensorMemory: @unchecked Sendable {  // a plain block; who may write is the owner's rule
  public let base: UnsafeMutableRawPointer
  public let byteCount: Int

  /// - Complexity: O(byteCount).
  public init(byteCount: Int) {
    precondition(byteCount >= 0, "a block cannot have \(byteCount) bytes")
    self.byteCount = byteCount
    base = UnsafeMutableRawPointer.allocate(byteCount: byteCount + 64, alignment: 64)
    base.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount + 64)
  }

  /// Memory for one tensor, its border filled.
  public convenience init(_ shape: Shape, _ quantization: Quantization) {
    self.init(byteCount: QuantizedTensor.byteCount(of: shape))
    QuantizedTensor(shape, quantization, at: base).fillBorder()
  }

  deinit { base.deallocate() }
}
