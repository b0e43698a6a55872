// The whole state of a run on disk, to continue from.
import Foundation
import UNet

/// Numbers of a run beside the weights.
struct RunState: Codable, Equatable {
  /// Steps done, which is also the place in the data.
  var step = 0
  /// Seconds of training so far, over all resumed parts.
  var seconds = 0.0
  var bestEpoch = 0
  var bestMeanIoU = -1.0
  /// The step of the last measurement.
  var measuredStep: Int?
  var measurementsSinceBest = 0
  /// Whether norms stay as they were at the start instead of following the batches.
  var hasFixedNorms = false
  /// Of activations, where the run feels the roundings of 8 bits.
  var ranges: ActivationRanges?
  var lossWatch = LossWatch()
  /// The step of the last checkpoint.
  var savedStep: Int?

  /// Whether the numbers can be those of a run, and can be reckoned with.
  var isPlausible: Bool {
    let counts = [step, bestEpoch, measurementsSinceBest, lossWatch.count, lossWatch.high]
    let steps = [measuredStep, savedStep].compactMap { $0 }
    return (counts + steps).allSatisfy((0...(1 << 40)).contains) && seconds >= 0
  }
}

/// A checkpoint file: one line of JSON, then the float arrays as they lie in memory.
enum Checkpoint {
  private struct Header: Codable {
    var format = Checkpoint.format
    var state: RunState
    var identity: RunIdentity
    var counts: [Int]
    /// Of all floats, so that a damaged file is never continued from.
    var checksum: UInt32
  }

  /// To tell a file of another kind, or of another version.
  private struct Kind: Codable { var format: String }

  private static let format = "verge-checkpoint-2"
  /// The longest first line that is read, in bytes.
  private static let headerLimit = 1 << 20

  /// Writes beside `path`, flushes to the disk, then renames: a crash at any time leaves the old or the new file.
  ///
  /// - Throws: `TrainingError.checkpoint` with the system's reason; the old file is kept and no other is left.
  static func write(
    _ arrays: [FloatBuffer], state: RunState, identity: RunIdentity, to path: String
  ) throws(TrainingError) {
    let header = Header(
      state: state, identity: identity, counts: arrays.map(\.count), checksum: checksum(arrays))
    let draft = path + ".part"
    do {
      var data = try JSONEncoder().encode(header)
      data.append(UInt8(ascii: "\n"))
      let file = try OutputFile(draft)
      try file.write([UInt8](data))
      for array in arrays { try file.write(UnsafeRawBufferPointer(array.buffer)) }
      try file.flush()
      guard rename(draft, path) == 0 else { throw SystemFailure(code: errno) }
    } catch {
      unlink(draft)
      throw .checkpoint(path: path, reason: "cannot be written: \(Self.text(error)); \(remains(path))")
    }
  }

  private static func text(_ error: any Error) -> String {
    (error as? SystemFailure)?.description ?? error.localizedDescription
  }

  private static func remains(_ path: String) -> String {
    FileManager.default.fileExists(atPath: path) ? "the one of before is kept" : "there is none yet"
  }

  /// Reads into `arrays`.
  ///
  /// - Throws: `TrainingError.checkpoint` for a file that is missing, damaged, or of another network or recipe; then
  ///   `arrays` are as they were, or worthless when the damage is in the numbers.
  static func read(_ path: String, into arrays: [FloatBuffer], identity: RunIdentity) throws(TrainingError) -> RunState
  {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .checkpoint(path: path, reason: "no checkpoint is there; leave --resume out to start")
    }
    let (header, start) = try header(of: data, path: path)
    if let difference = header.identity.difference(to: identity) {
      throw .checkpoint(path: path, reason: "is of another run: \(difference); give the same recipe, or start anew")
    }
    let expected = arrays.reduce(0) { $0 + $1.count * 4 }
    guard header.counts == arrays.map(\.count), data.count - start == expected else {
      throw .checkpoint(path: path, reason: "is damaged: \(data.count - start) bytes of numbers, not \(expected)")
    }
    guard header.state.isPlausible else {
      throw .checkpoint(path: path, reason: "is damaged: no run can stand where it says")
    }
    var at = start
    for array in arrays {
      data.copyBytes(to: UnsafeMutableRawBufferPointer(array.buffer), from: at..<(at + array.count * 4))
      at += array.count * 4
    }
    guard checksum(arrays) == header.checksum else {
      throw .checkpoint(path: path, reason: "is damaged: its numbers are not those that were written")
    }
    return header.state
  }

  /// The first line, and where the floats begin.
  private static func header(of data: Data, path: String) throws(TrainingError) -> (Header, start: Int) {
    guard let end = data.prefix(headerLimit).firstIndex(of: UInt8(ascii: "\n")),
      let kind = try? JSONDecoder().decode(Kind.self, from: data[..<end])  // told as "no checkpoint"
    else {
      throw .checkpoint(path: path, reason: data.isEmpty ? "is empty" : "is no checkpoint of verge train")
    }
    guard kind.format == format, let header = try? JSONDecoder().decode(Header.self, from: data[..<end]) else {
      throw .checkpoint(path: path, reason: "is a checkpoint of another version (\(kind.format.prefix(40)))")
    }
    return (header, end + 1)
  }

  private static func checksum(_ arrays: [FloatBuffer]) -> UInt32 {
    var sum = CRC32C()
    for array in arrays { sum.add(UnsafeRawBufferPointer(array.buffer)) }
    return sum.value
  }
}
