// The safetensors container: eight bytes of header length, a JSON header, and the tensors' bytes without gaps.
import Foundation

/// The content of one safetensors file, before anything is made of it.
///
/// - Source: huggingface.co/docs/safetensors, "Format".
struct Safetensors {
  /// One tensor as stored, little-endian, last dimension innermost. Its values stay in the file until they are asked for.
  struct Tensor {
    let type: ElementType
    let shape: [Int]
    /// Where its bytes are.
    let file: any ByteSource
    let range: Range<Int>
  }

  enum ElementType: String, Sendable {
    case f32 = "F32"
    case f16 = "F16"
    case i32 = "I32"
    case i8 = "I8"

    var byteCount: Int {
      switch self {
      case .f32, .i32: 4
      case .f16: 2
      case .i8: 1
      }
    }
  }

  /// The strings under `__metadata__`.
  var metadata: [String: String]
  var tensors: [String: Tensor]
}

extension Safetensors {
  /// Why bytes are no safetensors file: never one, or one that lost something.
  enum Flaw: Error, Hashable {
    case foreign(String)
    case damaged(String)
    case unreadable(errno: Int32)
  }

  /// Reads a file's header; nothing is trusted before it is checked against the file's true length.
  init(parsing file: some ByteSource) throws(Flaw) {
    let header = try Self.header(of: file)
    let body = 8 + header.count..<file.count
    let decoded: Header
    do { decoded = try JSONDecoder().decode(Header.self, from: Data(header)) } catch {
      throw .foreign("its header is not that of a safetensors file (\(brief(error)))")
    }
    metadata = decoded.metadata
    tensors = [:]
    for (name, entry) in decoded.entries { tensors[name] = try Self.tensor(name, entry, of: file, in: body) }
    try Self.checkGaps(decoded.entries, byteCount: body.count)
  }

  private static func header(of file: some ByteSource) throws(Flaw) -> [UInt8] {
    guard file.count > 0 else { throw .foreign("the file is empty") }
    guard file.count >= 8 else { throw .foreign("the file has only \(file.count) bytes") }
    let start = try file.bytes(0..<min(9, file.count))
    let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(start[$1]) << (8 * UInt64($1)) }
    guard start.count > 8, start[8] == UInt8(ascii: "{") else {
      throw .foreign("it does not begin like a safetensors file")
    }
    guard length <= Limits.headerBytes else { throw .foreign("its header claims \(length) bytes") }
    guard length <= file.count - 8 else {
      throw .damaged("it ends inside its header, after \(file.count) of at least \(length + 8) bytes")
    }
    return try file.bytes(8..<8 + Int(length))
  }

  private static func tensor(
    _ name: String, _ entry: Header.Entry, of file: some ByteSource, in body: Range<Int>
  ) throws(Flaw) -> Tensor {
    guard let type = ElementType(rawValue: entry.dtype) else {
      throw .foreign("tensor \(shown(name)) has type \(shown(entry.dtype)); a model has F32, F16, I32 and I8")
    }
    var count = type.byteCount
    for side in entry.shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: side)
      guard side >= 0, !overflow else { throw .damaged("tensor \(shown(name)) has an impossible shape") }
      count = product
    }
    let offsets = entry.offsets
    guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1], offsets[1] - offsets[0] == count else {
      throw .damaged("tensor \(shown(name)) has offsets that do not fit its shape")
    }
    guard offsets[1] <= body.count else {
      throw .damaged("it ends inside tensor \(shown(name)), \(offsets[1] - body.count) bytes short")
    }
    return Tensor(
      type: type, shape: entry.shape, file: file,
      range: body.lowerBound + offsets[0]..<body.lowerBound + offsets[1])
  }

  /// Tensors fill the body one after the other: no byte belongs to two of them or to none.
  private static func checkGaps(_ entries: [String: Header.Entry], byteCount: Int) throws(Flaw) {
    var end = 0
    for entry in entries.values.sorted(by: { ($0.offsets[0], $0.offsets[1]) < ($1.offsets[0], $1.offsets[1]) }) {
      guard entry.offsets[0] == end else {
        throw .damaged(entry.offsets[0] < end ? "its tensors overlap" : "there are bytes between its tensors")
      }
      end = entry.offsets[1]
    }
    guard end == byteCount else { throw .damaged("\(byteCount - end) bytes follow its last tensor") }
  }
}

/// Text from a hostile file, short and on one line.
func shown(_ text: String) -> String {
  let printable = text.unicodeScalars.prefix(60).map { $0.value < 32 || $0.value == 127 ? "?" : Character($0) }
  return "'" + String(printable) + (text.unicodeScalars.count > 60 ? "…" : "") + "'"
}

/// The one sentence of a decoding error that tells a person something.
func brief(_ error: any Error) -> String {
  guard let error = error as? DecodingError else { return "unreadable" }
  switch error {
  case .keyNotFound(let key, _): return "no \(shown(key.stringValue))"
  case .typeMismatch(_, let context), .valueNotFound(_, let context):
    return "wrong type at \(shown(context.codingPath.map(\.stringValue).joined(separator: ".")))"
  case .dataCorrupted(let context) where !context.codingPath.isEmpty:
    return "wrong value at \(shown(context.codingPath.map(\.stringValue).joined(separator: ".")))"
  default: return "broken JSON"
  }
}
