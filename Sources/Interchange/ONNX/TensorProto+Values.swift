// Arrays of numbers in and out of an ONNX tensor.
import Foundation

extension TensorProto {
  /// A tensor of 32-bit floats, last dimension innermost; no shape makes a scalar.
  init(_ name: String, _ shape: [Int] = [], floats: [Float]) {
    self.init(name, shape, .float, floats.map(\.bitPattern.littleEndian))
  }

  /// A tensor of bytes 0…255.
  init(_ name: String, _ shape: [Int] = [], bytes: [UInt8]) { self.init(name, shape, .uint8, bytes) }

  /// A tensor of bytes −128…127.
  init(_ name: String, _ shape: [Int] = [], signedBytes: [Int8]) { self.init(name, shape, .int8, signedBytes) }

  /// A tensor of 32-bit integers.
  init(_ name: String, _ shape: [Int] = [], words: [Int32]) {
    self.init(name, shape, .int32, words.map(\.littleEndian))
  }

  /// A tensor of 64-bit integers, as shapes are.
  init(_ name: String, _ shape: [Int] = [], longs: [Int64]) {
    self.init(name, shape, .int64, longs.map(\.littleEndian))
  }

  private init(_ name: String, _ shape: [Int], _ type: DataType, _ values: [some BitwiseCopyable]) {
    precondition(shape.reduce(1, *) == values.count, "\(values.count) values do not fill \(shape)")
    self.name = name
    dims = shape.map(Int64.init)
    dataType = Int32(type.rawValue)
    rawData = values.withUnsafeBytes { Data($0) }
  }
}
