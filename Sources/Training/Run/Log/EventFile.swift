// Event files as TensorBoard reads them.
import Foundation

/// Scalars by step, in a file of TFRecords that each hold an `Event`.
///
/// - Source: tensorflow/core/lib/io/record_writer.h and tensorflow/core/util/event.proto: a record is its length (u64), the
///   masked CRC-32C of that, the bytes, and the masked CRC-32C of those; all little-endian.
final class EventFile {
  private let path: String
  private let file: OutputFile

  /// - Parameters:
  ///   - folder: where TensorBoard looks; the file's name carries `time`.
  ///   - time: seconds since 1970.
  /// - Throws: `TrainingError.log`.
  init(in folder: String, time: Double) throws(TrainingError) {
    path = folder + "/events.out.tfevents.\(Int(time)).verge"
    do throws(SystemFailure) {
      file = try OutputFile(appendingTo: path)
    } catch {
      throw .log(path: path, reason: error.description)
    }
    try append(Self.version(time: time))
  }

  /// Adds values of one step.
  ///
  /// - Throws: `TrainingError.log`.
  func add(_ scalars: [(tag: String, value: Double)], step: Int, time: Double) throws(TrainingError) {
    guard !scalars.isEmpty else { return }
    try append(Self.event(scalars, step: step, time: time))
  }

  private func append(_ event: [UInt8]) throws(TrainingError) {
    do throws(SystemFailure) {
      try file.write(Self.record(event))
    } catch {
      throw .log(path: path, reason: error.description)
    }
  }

  /// The first event, which names the format.
  static func version(time: Double) -> [UInt8] {
    var event = ProtoWriter()
    event.double(1, time)
    event.bytes(3, Array("brain.Event:2".utf8))
    return event.bytes
  }

  /// `Event { wall_time = 1, step = 2, summary = 5 { value = 1 { tag = 1, simple_value = 2 } } }`.
  static func event(_ scalars: [(tag: String, value: Double)], step: Int, time: Double) -> [UInt8] {
    var summary = ProtoWriter()
    for (tag, value) in scalars {
      var entry = ProtoWriter()
      entry.bytes(1, Array(tag.utf8))
      entry.float(2, Float(value))
      summary.bytes(1, entry.bytes)
    }
    var event = ProtoWriter()
    event.double(1, time)
    event.varint(2, UInt64(step))
    event.bytes(5, summary.bytes)
    return event.bytes
  }

  /// The framed bytes of one event.
  static func record(_ event: [UInt8]) -> [UInt8] {
    let length = littleEndian(UInt64(event.count))
    return length + littleEndian(CRC32C.of(length).masked) + event + littleEndian(CRC32C.of(event).masked)
  }
}

/// Fields of a protocol buffer, one after the other.
private struct ProtoWriter {
  private(set) var bytes: [UInt8] = []

  mutating func varint(_ field: UInt64, _ value: UInt64) {
    append(field << 3)
    append(value)
  }

  mutating func double(_ field: UInt64, _ value: Double) {
    append(field << 3 | 1)
    bytes += littleEndian(value.bitPattern)
  }

  mutating func bytes(_ field: UInt64, _ value: [UInt8]) {
    append(field << 3 | 2)
    append(UInt64(value.count))
    bytes += value
  }

  mutating func float(_ field: UInt64, _ value: Float) {
    append(field << 3 | 5)
    bytes += littleEndian(value.bitPattern)
  }

  private mutating func append(_ value: UInt64) {
    var rest = value
    while rest > 127 {
      bytes.append(UInt8(rest & 127 | 128))
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

private func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}
