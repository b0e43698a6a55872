// Where the planes of a picture lie in one block of memory.

/// Offsets and strides of the planes of a picture; 64-byte aligned rows and planes.
public struct FrameLayout: Sendable, Hashable {
  public let width, height: Int
  public let format: PixelFormat
  /// Bytes between rows, by plane.
  public let strides: [Int]
  /// Bytes from the start of the block to each plane.
  public let offsets: [Int]
  /// Bytes of the whole block.
  public let byteCount: Int

  public init(width: Int, height: Int, format: PixelFormat) {
    precondition(width > 0 && height > 0, "a picture cannot be \(width)×\(height)")
    var strides: [Int] = []
    var offsets: [Int] = []
    var end = 0
    for plane in 0..<format.planeCount {
      let size = format.planeSize(plane, width: width, height: height)
      strides.append(AlignedMemory.rowStride(bytes: size.width * format.bytesPerSample))
      offsets.append(end)
      end += strides[plane] * size.height + 64
    }
    (self.width, self.height, self.format) = (width, height, format)
    (self.strides, self.offsets, byteCount) = (strides, offsets, end)
  }

  /// The planes of a picture whose block starts at `base`.
  public func planes(at base: UnsafeMutableRawPointer) -> [Plane] {
    (0..<format.planeCount).map { plane in
      let size = format.planeSize(plane, width: width, height: height)
      return Plane(data: base + offsets[plane], stride: strides[plane], width: size.width, height: size.height)
    }
  }
}
