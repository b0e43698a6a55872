// A stored tensor's bytes as numbers.

extension Safetensors.Tensor {
  /// The values of an F32 or F16 tensor.
  func floats() throws(Safetensors.Flaw) -> [Float] {
    if type == .f16 { return try values(of: UInt16.self, Self.float(half:)) }
    return try values(of: Float.self) { $0 }
  }

  /// The values of an I32 tensor.
  func words() throws(Safetensors.Flaw) -> [Int32] { try values(of: Int32.self) { $0 } }

  /// The values of an I8 tensor.
  func signedBytes() throws(Safetensors.Flaw) -> [Int8] { try values(of: Int8.self) { $0 } }

  /// The value of a 16-bit float's bits.
  ///
  /// `Float(Float16)` calls a function for each value where the build knows no instruction for it; this is four operations on
  /// whole vectors. Moved to a float's place, the bits stand for the value times 2⁻¹¹², also where they are subnormal, and the
  /// product is exact. Infinities and what is no number keep the largest exponent.
  static func float(half bits: UInt16) -> Float {
    let magnitude = UInt32(bits & 0x7FFF) << 13
    let sign = UInt32(bits & 0x8000) << 16
    let finite = (Float(bitPattern: magnitude) * 0x1p112).bitPattern
    return Float(bitPattern: (magnitude >= 0x7C00 << 13 ? magnitude | 0x7F80_0000 : finite) | sign)
  }

  /// The stored values, each as `convert` makes it; the file and all CPUs Verge runs on are little-endian.
  private func values<Stored: BitwiseCopyable, Value>(
    of type: Stored.Type, _ convert: (Stored) -> Value
  ) throws(Safetensors.Flaw) -> [Value] {
    let bytes = try file.bytes(range)
    let (size, count) = (MemoryLayout<Stored>.size, bytes.count / MemoryLayout<Stored>.size)
    return bytes.withUnsafeBytes { bytes in
      [Value](unsafeUninitializedCapacity: count) { values, filled in
        for i in 0..<count {
          values.initializeElement(at: i, to: convert(bytes.loadUnaligned(fromByteOffset: i * size, as: Stored.self)))
        }
        filled = count
      }
    }
  }
}
