// The sample layouts that a `Frame` can have.

/// How the samples of a picture lie in memory.
///
/// Decoders produce some two hundred layouts; the ones that differ only in packing are brought to one of these when a
/// frame is decoded, so that overlay, scaling and encoding know a handful.
public enum PixelFormat: Sendable, Hashable, CaseIterable {
  /// Planar Y, U, V; 8 bits a sample.
  case yuv420p, yuv422p, yuv444p
  /// Planar Y, U, V; 10 bits in the low end of a little-endian u16.
  case yuv420p10, yuv422p10, yuv444p10
  /// Planar G, B, R (in this order, FFmpeg's `gbrp`); 8 bits, and 10 bits in a u16.
  case gbrp, gbrp10
  /// One plane of 8 bits: grey values or class indices.
  case gray8
  /// Packed R, G, B; 3 bytes a pixel.
  case rgb24
  /// Packed R, G, B, 0; 4 bytes a pixel: what the network reads.
  case rgb0

  /// Number of planes.
  public var planeCount: Int {
    switch self {
    case .gray8, .rgb24, .rgb0: 1
    default: 3
    }
  }

  /// Significant bits of a sample.
  public var bitDepth: Int {
    switch self {
    case .yuv420p10, .yuv422p10, .yuv444p10, .gbrp10: 10
    default: 8
    }
  }

  /// Bytes from one sample of a plane to the next one to its right.
  public var bytesPerSample: Int {
    switch self {
    case .rgb24: 3
    case .rgb0: 4
    default: bitDepth > 8 ? 2 : 1
    }
  }

  /// Whether planes 1 and 2 are chroma, so that a colour matrix and range apply.
  public var isYUV: Bool {
    switch self {
    case .yuv420p, .yuv422p, .yuv444p, .yuv420p10, .yuv422p10, .yuv444p10: true
    default: false
    }
  }

  /// log2 of how many luma columns share a chroma sample.
  public var chromaShiftX: Int {
    switch self {
    case .yuv420p, .yuv422p, .yuv420p10, .yuv422p10: 1
    default: 0
    }
  }

  /// log2 of how many luma rows share a chroma sample.
  public var chromaShiftY: Int {
    switch self {
    case .yuv420p, .yuv420p10: 1
    default: 0
    }
  }

  /// Size in samples of a plane of a `width` × `height` picture; odd sizes round up.
  public func planeSize(_ plane: Int, width: Int, height: Int) -> (width: Int, height: Int) {
    guard plane > 0, isYUV else { return (width, height) }
    return ((width + (1 << chromaShiftX) - 1) >> chromaShiftX, (height + (1 << chromaShiftY) - 1) >> chromaShiftY)
  }
}
