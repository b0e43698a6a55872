// One number for all masks.
import Frames
import Video

/// Takes the MD5 over the bytes of all masks in order.
final class MaskDigest: MaskSink {
  private let digest = MD5()
  private let result: Monitor<String?>

  /// - Parameter result: gets the digest in hexadecimal at the end.
  init(_ result: Monitor<String?>) { self.result = result }

  func write(_ mask: PooledLabels, of frame: Frame) {
    digest.add(UnsafeRawBufferPointer(mask.map.buffer))
  }

  func finish() {
    let text = digest.finish()
    result.withLock { $0 = text }
  }
}
