// Training's passes over pixels between the convolutions.
import CKernels

/// Batch norm, ReLU, 2×2 maximum and dropout on rows of pixels, and their gradients, for one type of numbers.
///
/// Addresses are of the first element of a row of NHWC pixels; none of the methods allocates. Every tier gives the same
/// bytes. y is a convolution's result, z = y · scale + shift what enters the ReLU, dz the gradient by it.
public struct NormPasses: @unchecked Sendable {  // a pointer to a constant table
  public let real: RealType
  private let table: UnsafePointer<ck_norm_table>

  /// The passes of `tier`, which this CPU must have.
  public init(tier: TrainingTier, real: RealType) {
    self.real = real
    table = ck_norm_table_for(tier.identifier, real.identifier)
  }

  /// The norm's factors by channel, each `[2 · channels]`: all channels, twice.
  public struct Factors {
    let scale, shift: UnsafePointer<Float>

    public init(scale: UnsafePointer<Float>, shift: UnsafePointer<Float>) { (self.scale, self.shift) = (scale, shift) }

    func row(_ pixels: Int, _ channels: Int) -> ck_norm_row {
      ck_norm_row(pixels: Int32(pixels), channels: Int32(channels), scale: scale, shift: shift)
    }
  }

  /// Size of a row: pixels, and channels, a multiple of 8.
  public typealias RowSize = (pixels: Int, channels: Int)

  /// `output = max(0, z)`.
  public func normalize(
    _ y: UnsafeRawPointer, to output: UnsafeMutableRawPointer, _ size: RowSize, _ factors: Factors
  ) {
    var row = factors.row(size.pixels, size.channels)
    table.pointee.forward(&row, y, output)
  }

  /// Two rows of `output = max(0, z)`, and the row of their 2×2 maxima; `size.pixels` is even.
  public func normalizeAndPool(
    _ y: RowPair, to output: RowPair, pooled: UnsafeMutableRawPointer, _ size: RowSize, _ factors: Factors
  ) {
    var row = factors.row(size.pixels, size.channels)
    y.read { y in output.write { table.pointee.forward_pool(&row, y, $0, pooled) } }
  }

  /// Adds the gradient of the 2×2 maxima to that of the first largest of each four.
  public func unpool(
    _ pooled: UnsafeRawPointer, into gradient: RowPair, y: RowPair, _ size: RowSize, _ factors: Factors
  ) {
    var row = factors.row(size.pixels, size.channels)
    y.read { y in gradient.write { table.pointee.unpool(&row, y, $0, pooled) } }
  }

  /// Adds Σ y and Σ y² by channel to `sums` `[2, channels]`.
  public func addMoments(of y: UnsafeRawPointer, _ size: RowSize, to sums: UnsafeMutablePointer<Double>) {
    var row = ck_norm_row(pixels: Int32(size.pixels), channels: Int32(size.channels), scale: nil, shift: nil)
    table.pointee.moments(&row, y, sums)
  }

  /// Adds Σ dz and Σ dz · y by channel to `sums` `[2, channels]`.
  public func addGradientSums(
    _ gradient: UnsafeRawPointer, y: UnsafeRawPointer, _ size: RowSize, _ factors: Factors,
    to sums: UnsafeMutablePointer<Double>
  ) {
    var row = factors.row(size.pixels, size.channels)
    table.pointee.sums(&row, y, gradient, sums)
  }

  /// `gradient = dz · a + y · b + c` in place: the gradient by y. `a`, `b`, `c` are laid out as the factors.
  public func combine(
    _ gradient: UnsafeMutableRawPointer, y: UnsafeRawPointer, _ size: RowSize, _ factors: Factors,
    a: UnsafePointer<Float>, b: UnsafePointer<Float>, c: UnsafePointer<Float>
  ) {
    var row = factors.row(size.pixels, size.channels)
    var slopes: (UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafePointer<Float>?) = (a, b, c)
    withUnsafeMutableBytes(of: &slopes) { bytes in
      table.pointee.backward(&row, bytes.assumingMemoryBound(to: UnsafePointer<Float>?.self).baseAddress, y, gradient)
    }
  }

  /// Zeroes the gradient where the activation is 0: a ReLU without a norm.
  public func close(_ gradient: UnsafeMutableRawPointer, where activation: UnsafeRawPointer, count: Int) {
    table.pointee.close(Int64(count), activation, gradient)
  }

  /// Zeroes the elements whose number, `first` + i, hashed with `key` is below `threshold`; multiplies the others by `scale`.
  public func drop(
    _ values: UnsafeMutableRawPointer, count: Int, key: UInt32, first: UInt32, threshold: UInt32, scale: Float
  ) {
    table.pointee.drop(Int64(count), key, first, threshold, scale, values)
  }

  /// The elements as f32.
  public func widen(_ values: UnsafeRawPointer, to output: UnsafeMutablePointer<Float>, count: Int) {
    table.pointee.widen(Int64(count), values, output)
  }

  /// The nearest elements to f32 values.
  public func narrow(_ values: UnsafePointer<Float>, to output: UnsafeMutableRawPointer, count: Int) {
    table.pointee.narrow(Int64(count), values, output)
  }
}

/// The addresses of two rows, one under the other.
public struct RowPair {
  private var rows: (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?)

  public init(_ top: UnsafeMutableRawPointer, _ bottom: UnsafeMutableRawPointer) { rows = (top, bottom) }

  func write(_ body: (UnsafePointer<UnsafeMutableRawPointer?>) -> Void) {
    withUnsafeBytes(of: rows) { bytes in
      if let base = bytes.assumingMemoryBound(to: UnsafeMutableRawPointer?.self).baseAddress { body(base) }
    }
  }

  func read(_ body: (UnsafePointer<UnsafeRawPointer?>) -> Void) {
    withUnsafeBytes(of: rows) { bytes in
      if let base = bytes.assumingMemoryBound(to: UnsafeRawPointer?.self).baseAddress { body(base) }
    }
  }
}
