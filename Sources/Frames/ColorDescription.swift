// What the numbers of a picture mean as colours.

/// Matrix, range, primaries and transfer of a picture, as the code points of ISO/IEC 23091-2 (H.273).
///
/// FFmpeg's `AVCOL_*` values are the same numbers. 2 means "unspecified".
public struct ColorDescription: Sendable, Hashable {
  /// The range of the samples.
  public enum Range: UInt8, Sendable { case unspecified = 0, limited = 1, full = 2 }

  /// Matrix coefficients: 0 RGB, 1 BT.709, 5 and 6 BT.601, 9 BT.2020, …
  public var matrix: Int32
  public var range: Range
  public var primaries: Int32
  public var transfer: Int32
  /// Position of chroma samples, FFmpeg's `AVChromaLocation`; 0 unspecified.
  public var chromaLocation: Int32

  public init(
    matrix: Int32 = 2, range: Range = .unspecified, primaries: Int32 = 2, transfer: Int32 = 2, chromaLocation: Int32 = 0
  ) {
    self.matrix = matrix
    self.range = range
    self.primaries = primaries
    self.transfer = transfer
    self.chromaLocation = chromaLocation
  }

  /// Nothing is said about the colours.
  public static let unspecified = ColorDescription()

  /// The luma weights of red and blue that the matrix stands for.
  ///
  /// An unspecified matrix is BT.601, as FFmpeg's scaler takes it, whatever the size of the picture.
  /// - Source: ITU-T H.273, table 4.
  public var lumaWeights: (red: Double, blue: Double) {
    switch matrix {
    case 1: (0.2126, 0.0722)
    case 4: (0.30, 0.11)
    case 7: (0.212, 0.087)
    case 9, 10: (0.2627, 0.0593)
    default: (0.299, 0.114)
    }
  }
}
