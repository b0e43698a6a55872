// The loops of the frame path.
import CKernels

extension Kernels {
  /// Blends one row of 8-bit samples: `row[i] = (row[i] · keep + add) >> 8` by `labels[i]`, in place.
  public func blendRow(
    _ row: UnsafeMutablePointer<UInt8>, labels: UnsafePointer<UInt8>, count: Int, table colors: BlendTable
  ) {
    precondition(count >= 0, "a row cannot have \(count) samples")
    precondition(colors.largest <= 255, "a row of 8 bits cannot hold a sample of \(colors.largest)")
    table.pointee.blend_row_u8(row, row, labels, colors.keep, colors.add, count)
  }

  /// Blends one row of samples of 9 to 16 bits, in place.
  public func blendRow(
    _ row: UnsafeMutablePointer<UInt16>, labels: UnsafePointer<UInt8>, count: Int, table colors: BlendTable
  ) {
    precondition(count >= 0, "a row cannot have \(count) samples")
    table.pointee.blend_row_u16(row, row, labels, colors.keep, colors.add, count)
  }

  /// Blends one row of 8-bit samples from `source` to `row`, which do not overlap.
  public func blendRow(
    from source: UnsafePointer<UInt8>, to row: UnsafeMutablePointer<UInt8>, labels: UnsafePointer<UInt8>, count: Int,
    table colors: BlendTable
  ) {
    precondition(count >= 0, "a row cannot have \(count) samples")
    precondition(colors.largest <= 255, "a row of 8 bits cannot hold a sample of \(colors.largest)")
    table.pointee.blend_row_u8(row, source, labels, colors.keep, colors.add, count)
  }

  /// Blends one row of samples of 9 to 16 bits from `source` to `row`, which do not overlap.
  public func blendRow(
    from source: UnsafePointer<UInt16>, to row: UnsafeMutablePointer<UInt16>, labels: UnsafePointer<UInt8>, count: Int,
    table colors: BlendTable
  ) {
    precondition(count >= 0, "a row cannot have \(count) samples")
    table.pointee.blend_row_u16(row, source, labels, colors.keep, colors.add, count)
  }

  /// Adds the occurrences of each label to `counts`, 256 counters.
  public func countLabels(_ labels: UnsafePointer<UInt8>, count: Int, into counts: UnsafeMutablePointer<UInt32>) {
    precondition(count >= 0, "a row cannot have \(count) labels")
    table.pointee.count_labels(counts, labels, count)
  }
}
