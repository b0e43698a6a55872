// The numbers of an ONNX tensor.
import Foundation

extension TensorProto {
  /// The sides; nil when one is negative or their product is beyond `Grid.limit`.
  var shape: [Int]? {
    let sides = dims.compactMap { Int(exactly: $0) }
    return sides.count == dims.count && Grid<Double>.count(of: sides) != nil ? sides : nil
  }

  /// All elements as floats, of a floating-point tensor.
  ///
  /// - Throws: `Unmappable` for other types, data in other files, and values that do not fill the shape.
  func floats(for node: String) throws(Unmappable) -> [Float] {
    try checkPlace(for: node)
    let values: [Float]
    switch type {
    case .float: values = rawData.isEmpty ? floatData : elements(UInt32.self).map(Float.init(bitPattern:))
    default: values = try numbers(for: node).values.map { Float($0) }
    }
    try check(values.count, for: node)
    return values
  }

  /// All elements as numbers, exactly, but for integers beyond 2⁵³.
  ///
  /// - Throws: as `floats` does.
  func numbers(for node: String) throws(Unmappable) -> Grid<Double> {
    try checkPlace(for: node)
    let values: [Double]
    switch type {
    case .float:
      values =
        rawData.isEmpty ? floatData.map(Double.init) : elements(UInt32.self).map { Double(Float(bitPattern: $0)) }
    case .double: values = rawData.isEmpty ? doubleData : elements(UInt64.self).map(Double.init(bitPattern:))
    case .float16:
      values = (rawData.isEmpty ? int32Data.map { UInt16(truncatingIfNeeded: $0) } : elements(UInt16.self)).map {
        Double(Float16(bitPattern: $0))
      }
    case .int64: values = (rawData.isEmpty ? int64Data : elements(Int64.self)).map(Double.init)
    case .int32: values = (rawData.isEmpty ? int32Data : elements(Int32.self)).map(Double.init)
    case .int8: values = rawData.isEmpty ? int32Data.map(Double.init) : elements(Int8.self).map(Double.init)
    case .uint8, .bool: values = rawData.isEmpty ? int32Data.map(Double.init) : elements(UInt8.self).map(Double.init)
    default: throw Unmappable(node, "tensor \(quoted(name)) has element type \(dataType); weights are 32-bit floats")
    }
    try check(values.count, for: node)
    return Grid(shape ?? [], values)
  }

  private var type: DataType { DataType(rawValue: Int(dataType)) ?? .undefined }

  private func checkPlace(for node: String) throws(Unmappable) {
    guard dataLocation != .external else {
      throw Unmappable(node, "tensor \(quoted(name)) lies in another file; export with all weights inside")
    }
  }

  private func check(_ count: Int, for node: String) throws(Unmappable) {
    guard let shape, Grid<Double>.count(of: shape) == count else {
      throw Unmappable(node, "tensor \(quoted(name)) has \(count) values, which do not fill its shape \(dims)")
    }
  }

  /// Little-endian elements without gaps; what does not fill one is left out.
  private func elements<T: FixedWidthInteger>(_: T.Type) -> [T] {
    let size = MemoryLayout<T>.size
    return rawData.withUnsafeBytes { bytes in
      (0..<bytes.count / size).map { T(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * size, as: T.self)) }
    }
  }
}
