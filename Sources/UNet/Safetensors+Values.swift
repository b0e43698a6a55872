// A stored tensor's bytes as numbers.

extension Safetensors.Tensor {
  /// The values of an F32 tensor.
  func floats() -> [Float] { type == .f16 ? values(filling: Float16(0)).map(Float.init) : values(filling: 0) }

  /// The values of an I32 tensor.
  func words() -> [Int32] { values(filling: 0) }

  /// The values of an I8 tensor.
  func signedBytes() -> [Int8] { values(filling: 0) }

  /// The bytes as they are: the file and all CPUs Verge runs on are little-endian.
  private func values<Value: BitwiseCopyable>(filling zero: Value) -> [Value] {
    var values = [Value](repeating: zero, count: bytes.count / MemoryLayout<Value>.size)
    values.withUnsafeMutableBytes { $0.copyBytes(from: bytes) }
    return values
  }
}
