// A `ck_view` in guarded memory.
import CKernels

/// An activation whose last readable byte lies before an unreadable page.
final class GuardedView {
  let buffer: GuardedBuffer
  let view: ck_view

  /// - Parameters:
  ///   - channels: logical.
  ///   - extraStride: bytes between rows that belong to nobody.
  ///   - tail: bytes that may be read past the last border pixel.
  init(height: Int, width: Int, channels: Int, extraStride: Int, tail: Int) {
    let stored = (channels + 3) / 4 * 4
    let row = (width + 2) * stored
    let stride = row + extraStride
    buffer = GuardedBuffer(byteCount: (height + 1) * stride + row + tail)
    view = ck_view(
      data: (buffer.base + stride + stored).assumingMemoryBound(to: UInt8.self), row_stride: stride,
      height: Int32(height), width: Int32(width), channels: Int32(stored))
  }

  var rowBytes: Int { Int(view.width * view.channels) }

  func row(_ y: Int) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: view.data + y * view.row_stride, count: rowBytes)
  }

  /// Fills the interior according to `content`; the border holds `zeroPoint`.
  func fill(_ content: InputClass, zeroPoint: UInt8, _ random: inout SplitMix64) {
    for y in 0..<Int(view.height) {
      let row = row(y)
      switch content {
      case .uniform, .bell: random.fill(row)
      case .extremeLow, .extremeHigh, .sameSign: row.initializeMemory(as: UInt8.self, repeating: 255)
      case .impulse, .zeroPoint: row.initializeMemory(as: UInt8.self, repeating: zeroPoint)
      case .ties: for i in row.indices { row[i] = UInt8.random(in: 0...3, using: &random) }
      }
    }
    if content == .impulse, let y = (0..<Int(view.height)).randomElement(using: &random) {
      row(y)[Int.random(in: 0..<rowBytes, using: &random)] = 255
    }
    withUnsafePointer(to: view) { ck_fill_border($0, 0, view.height, zeroPoint) }
  }

  /// Whether only pixels of `rows` were written: the rest still holds the canary.
  func isUntouched(outside rows: Range<Int>) -> Bool {
    let start = buffer.base.assumingMemoryBound(to: UInt8.self)
    var written = 0
    for y in rows {
      let offset = row(y).baseAddress.map { $0 - buffer.base } ?? 0
      if !(written..<offset).allSatisfy({ start[$0] == GuardedBuffer.canary }) { return false }
      written = offset + rowBytes
    }
    return (written..<buffer.byteCount).allSatisfy { start[$0] == GuardedBuffer.canary }
  }
}
