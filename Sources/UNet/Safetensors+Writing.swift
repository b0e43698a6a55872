// A safetensors file's bytes.
import Foundation

extension Safetensors {
  /// A tensor on its way into a file.
  struct Output {
    let name: String
    let type: ElementType
    let shape: [Int]
    let bytes: [UInt8]

    /// Stored in 16 bits where every value is one of `Float16`, so that nothing is lost either way.
    init(_ name: String, _ shape: [Int], floats: [Float]) {
      (self.name, self.shape) = (name, shape)
      if floats.allSatisfy({ Float(Float16($0)) == $0 }) {
        type = .f16
        bytes = floats.map { Float16($0).bitPattern.littleEndian }.withUnsafeBytes { Array($0) }
      } else {
        type = .f32
        bytes = floats.map(\.bitPattern.littleEndian).withUnsafeBytes { Array($0) }
      }
    }

    init(_ name: String, _ shape: [Int], words: [Int32]) {
      (self.name, self.shape, type) = (name, shape, .i32)
      bytes = words.map(\.littleEndian).withUnsafeBytes { Array($0) }
    }

    init(_ name: String, _ shape: [Int], bytes: [Int8]) {
      (self.name, self.shape, type) = (name, shape, .i8)
      self.bytes = bytes.map(UInt8.init(bitPattern:))
    }
  }

  /// The whole file; tensors of wide elements come first, so that all are aligned.
  static func file(metadata: [String: String], tensors: [Output]) throws -> [UInt8] {
    let ordered = [4, 2, 1].flatMap { width in tensors.filter { $0.type.byteCount == width } }
    var header = Header(metadata: metadata, entries: [:])
    var end = 0
    for tensor in ordered {
      let begin = end
      end += tensor.bytes.count
      header.entries[tensor.name] = Header.Entry(
        dtype: tensor.type.rawValue, shape: tensor.shape, offsets: [begin, end])
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var json = [UInt8](try encoder.encode(header))
    json += [UInt8](repeating: UInt8(ascii: " "), count: (64 - (8 + json.count) % 64) % 64)
    var file = withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) } + json
    file.reserveCapacity(file.count + end)
    for tensor in ordered { file += tensor.bytes }
    return file
  }
}
