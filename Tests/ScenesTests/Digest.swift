// Short fingerprints of pictures.
import Frames

/// FNV-1a, 64 bits.
struct Digest {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
  }
}

func digest(_ labels: LabelMap) -> UInt64 {
  var digest = Digest()
  digest.add(UnsafeBufferPointer(labels.buffer))
  return digest.value
}

/// Of the pixels of a packed frame, without the padding of rows.
func digest(_ frame: Frame) -> UInt64 {
  var digest = Digest()
  for y in 0..<frame.height {
    digest.add(UnsafeBufferPointer(start: frame.planes[0].row(y), count: frame.width * frame.format.bytesPerSample))
  }
  return digest.value
}
