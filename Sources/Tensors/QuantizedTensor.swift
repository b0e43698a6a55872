// A u8 activation in memory that somebody else owns.
import CKernels

/// A view of one u8 NHWC activation `[height, width, storedChannels]` with a border of one pixel on all sides.
///
/// Pixel (0, 0) and every row start are 64-byte aligned. The border holds the zero point, so that a 3×3 window may step over
/// the edge; `Kernels` keeps it up to date for what it writes, and whoever fills a tensor by hand calls `fillBorder`. Channels
/// from `shape.channels` up to `shape.storedChannels` are padding, whose content meets zero weights.
///
/// The memory belongs to an `Arena` or a `TensorMemory`, which must outlive the view. The view itself is a plain address, hence
/// `@unchecked`: that threads write disjoint rows is the caller's rule.
public struct QuantizedTensor: @unchecked Sendable {
  public let shape: Shape
  public let quantization: Quantization
  /// Pixel (0, 0), channel 0.
  public let pixels: UnsafeMutablePointer<UInt8>
  /// Bytes from one row to the next.
  public let rowStride: Int

  /// Lays the tensor out in `memory`.
  ///
  /// - Parameter memory: 64-byte aligned, `Self.byteCount(of: shape)` bytes.
  public init(_ shape: Shape, _ quantization: Quantization, at memory: UnsafeMutableRawPointer) {
    precondition(Int(bitPattern: memory) % 64 == 0, "a tensor's memory must be 64-byte aligned")
    self.shape = shape
    self.quantization = quantization
    rowStride = Self.rowStride(of: shape)
    pixels = (memory + rowStride + Self.leftMargin(of: shape)).assumingMemoryBound(to: UInt8.self)
  }

  /// Bytes that a tensor of `shape` takes, with its border and 64 bytes of tail padding; a multiple of 64.
  public static func byteCount(of shape: Shape) -> Int { rowStride(of: shape) * (shape.height + 2) + 64 }

  /// Writes the zero point into the border beside `rows`, and above and below where they reach the first and the last row.
  public func fillBorder(rows: Range<Int>) {
    withUnsafePointer(to: view) {
      ck_fill_border($0, Int32(rows.lowerBound), Int32(rows.upperBound), quantization.zeroPoint)
    }
  }

  /// Writes the zero point into the whole border.
  public func fillBorder() { fillBorder(rows: 0..<shape.height) }

  /// The address of pixel (y, x), channel 0; both may lie on the border.
  public func pixel(_ y: Int, _ x: Int) -> UnsafeMutablePointer<UInt8> {
    precondition(
      y >= -1 && y <= shape.height && x >= -1 && x <= shape.width, "pixel (\(y), \(x)) is outside of a tensor \(shape)")
    return pixels + y * rowStride + x * shape.storedChannels
  }

  /// The tensor's codes as a dense array `[height, width, channels]`; for tests and tools.
  public func codes() -> [UInt8] {
    var codes: [UInt8] = []
    codes.reserveCapacity(shape.count)
    for y in 0..<shape.height {
      for x in 0..<shape.width { codes += UnsafeBufferPointer(start: pixel(y, x), count: shape.channels) }
    }
    return codes
  }

  /// Overwrites the tensor with dense codes `[height, width, channels]`; padding channels and the border get the zero point.
  public func setCodes(_ codes: [UInt8]) {
    precondition(codes.count == shape.count, "\(codes.count) codes do not fill a tensor \(shape)")
    for y in 0..<shape.height {
      for x in 0..<shape.width {
        let to = pixel(y, x)
        let start = (y * shape.width + x) * shape.channels
        for c in 0..<shape.storedChannels { to[c] = c < shape.channels ? codes[start + c] : quantization.zeroPoint }
      }
    }
    fillBorder()
  }

  var view: ck_view {
    ck_view(
      data: pixels, row_stride: rowStride, height: Int32(shape.height), width: Int32(shape.width),
      channels: Int32(shape.storedChannels))
  }

  private static func leftMargin(of shape: Shape) -> Int { roundedUp(shape.storedChannels, to: 64) }

  private static func rowStride(of shape: Shape) -> Int {
    let stride = roundedUp(leftMargin(of: shape) + (shape.width + 1) * shape.storedChannels, to: 64)
    // Rows a multiple of a page fraction apart fight for the same cache sets.
    return stride % 1024 == 0 ? stride + 64 : stride
  }
}

/// The smallest multiple of `unit` that is not below `count`.
func roundedUp(_ count: Int, to unit: Int) -> Int { (count + unit - 1) / unit * unit }
