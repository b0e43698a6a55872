// Memory with the alignment and padding that kernels and scalers want.
import Foundation

/// One block of zeroed memory, 64-byte aligned with 64 bytes of tail padding.
public final class AlignedMemory: @unchecked Sendable {  // a plain block; who may write is the owner's rule
  public let base: UnsafeMutableRawPointer
  public let byteCount: Int

  /// - Parameter byteCount: usable bytes, ≥ 0; the padding comes on top.
  /// - Complexity: O(byteCount).
  public init(byteCount: Int) {
    precondition(byteCount >= 0, "a block cannot have \(byteCount) bytes")
    self.byteCount = byteCount
    base = UnsafeMutableRawPointer.allocate(byteCount: byteCount + 64, alignment: 64)
    memset(base, 0, byteCount + 64)
  }

  deinit { base.deallocate() }

  /// Row stride in bytes for rows of `bytes`: a multiple of 64, and 64 more where it would be a multiple of 1024,
  /// since rows a multiple of a page fraction apart fight for the same cache sets.
  public static func rowStride(bytes: Int) -> Int {
    let stride = (bytes + 63) / 64 * 64
    return stride % 1024 == 0 ? stride + 64 : stride
  }
}
