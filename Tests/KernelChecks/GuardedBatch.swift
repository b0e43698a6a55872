// A `ck_batch` in guarded memory.
import CKernels

/// Pictures with a border of one pixel, whose last byte lies before an unreadable page.
final class GuardedBatch {
  let buffer: GuardedBuffer
  let batch: ck_batch

  init(_ real: ck_real, pictures: Int, height: Int, width: Int, channels: Int) {
    let size = real == CK_REAL_BF16 ? 2 : 4
    let row = (width + 2) * channels * size
    buffer = GuardedBuffer(byteCount: pictures * (height + 2) * row)
    batch = ck_batch(
      data: buffer.base + row + channels * size, real: real, row_stride: row, picture_stride: (height + 2) * row,
      pictures: Int32(pictures), height: Int32(height), width: Int32(width), channels: Int32(channels))
  }

  /// Numbers of a row of pixels.
  var rowCount: Int { Int(batch.width) * Int(batch.channels) }

  private func row(_ r: Int) -> UnsafeMutableRawPointer {
    let (n, y) = (r / Int(batch.height), r % Int(batch.height))
    return batch.data + n * batch.picture_stride + y * batch.row_stride
  }

  func value(_ r: Int, _ i: Int) -> Float {
    batch.real == CK_REAL_BF16
      ? ck_bf16_value(row(r).load(fromByteOffset: 2 * i, as: UInt16.self))
      : row(r).load(fromByteOffset: 4 * i, as: Float.self)
  }

  private func set(_ r: Int, _ i: Int, _ value: Float) {
    if batch.real == CK_REAL_BF16 {
      row(r).storeBytes(of: ck_bf16(value), toByteOffset: 2 * i, as: UInt16.self)
    } else {
      row(r).storeBytes(of: value, toByteOffset: 4 * i, as: Float.self)
    }
  }

  var rows: Range<Int> { 0..<Int(batch.pictures * batch.height) }

  /// Sets the border to zeros and the pixels to what `next` gives, row by row.
  func fill(_ next: () -> Float) {
    buffer.bytes.initializeMemory(as: UInt8.self, repeating: 0)
    for r in rows { for i in 0..<rowCount { set(r, i, next()) } }
  }

  /// The same pictures with all numbers' signs dropped.
  func magnitudes() -> GuardedBatch {
    let other = GuardedBatch(
      batch.real, pictures: Int(batch.pictures), height: Int(batch.height), width: Int(batch.width),
      channels: Int(batch.channels))
    other.buffer.bytes.initializeMemory(as: UInt8.self, repeating: 0)
    for r in rows { for i in 0..<rowCount { other.set(r, i, abs(value(r, i))) } }
    return other
  }

  /// Whether only pixels of `written` were written: the rest still holds the canary.
  func isUntouched(outside written: Range<Int>) -> Bool {
    let start = buffer.base.assumingMemoryBound(to: UInt8.self)
    let rowBytes = rowCount * (batch.real == CK_REAL_BF16 ? 2 : 4)
    var done = 0
    for r in written {
      let offset = row(r) - buffer.base
      if !(done..<offset).allSatisfy({ start[$0] == GuardedBuffer.canary }) { return false }
      done = offset + rowBytes
    }
    return (done..<buffer.byteCount).allSatisfy { start[$0] == GuardedBuffer.canary }
  }
}
