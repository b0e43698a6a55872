// Castagnoli's checksum, as TensorBoard's records and checkpoints carry it.

/// A running CRC-32C.
///
/// - Source: RFC 3720, appendix B.4; eight tables at a time after Kounavis and Berry 2005.
struct CRC32C {
  private var state: UInt32 = ~0

  var value: UInt32 { ~state }

  /// The checksum in the form that TensorFlow's records store.
  var masked: UInt32 { ((value >> 15) | (value << 17)) &+ 0xA282_EAD8 }

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    var crc = state
    Self.tables.withUnsafeBufferPointer { tables in
      var at = 0
      while at + 8 <= bytes.count {
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)) ^ UInt64(crc)
        crc = 0
        for lane in 0..<8 {
          let byte = Int(truncatingIfNeeded: word >> UInt64(8 * lane)) & 255
          crc ^= tables[256 * (7 - lane) + byte]
        }
        at += 8
      }
      while at < bytes.count {
        crc = (crc >> 8) ^ tables[Int((crc ^ UInt32(bytes[at])) & 255)]
        at += 1
      }
    }
    state = crc
  }

  static func of(_ bytes: [UInt8]) -> CRC32C {
    var crc = CRC32C()
    bytes.withUnsafeBytes { crc.add($0) }
    return crc
  }

  /// `tables[256·k + b]`: the checksum's change by byte `b` with `k` bytes after it.
  private static let tables: [UInt32] = {
    var tables: [UInt32] = (0..<256).map { byte in
      var crc = UInt32(byte)
      for _ in 0..<8 { crc = (crc & 1 == 1 ? 0x82F6_3B78 : 0) ^ (crc >> 1) }
      return crc
    }
    for k in 1..<8 {
      for byte in 0..<256 {
        let before = tables[256 * (k - 1) + byte]
        tables.append((before >> 8) ^ tables[Int(before & 255)])
      }
    }
    return tables
  }()
}
