// One component array of a picture.

/// A view of one plane in memory that its `Frame` keeps alive.
public struct Plane: @unchecked Sendable {  // the memory belongs to a Frame, whose own rule says who may write
  /// The first sample of the first row.
  public let data: UnsafeMutableRawPointer
  /// Bytes between the starts of two rows; never negative.
  public let stride: Int
  /// Samples in a row, and rows.
  public let width, height: Int

  public init(data: UnsafeMutableRawPointer, stride: Int, width: Int, height: Int) {
    self.data = data
    self.stride = stride
    self.width = width
    self.height = height
  }

  /// The first byte of row `y`.
  public func row(_ y: Int) -> UnsafeMutablePointer<UInt8> {
    (data + y * stride).assumingMemoryBound(to: UInt8.self)
  }

  /// The first sample of row `y` of a plane of u16 samples.
  public func row16(_ y: Int) -> UnsafeMutablePointer<UInt16> {
    (data + y * stride).assumingMemoryBound(to: UInt16.self)
  }
}
