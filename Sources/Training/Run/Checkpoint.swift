// The whole state of a run on disk, to continue from.
import Foundation

/// Numbers of a run beside the weights.
struct RunState: Codable, Equatable {
  var step = 0
  /// Seconds of training so far, over all resumed parts.
  var seconds = 0.0
  var bestEpoch = 0
  var bestMeanIoU = -1.0
  /// Whether norms stay as they were at the start instead of following the batches.
  var hasFixedNorms = false
}

/// A checkpoint file: one line of JSON, then the float arrays as they lie in memory.
enum Checkpoint {
  private struct Header: Codable {
    var format = "verge-checkpoint-1"
    var state: RunState
    /// Stem, widths and class names: a checkpoint continues the same network only.
    var network: String
    var floats: Int
    var arrays: Int
  }

  /// Writes beside `path`, flushes to the disk, then renames: a crash at any time leaves the old or the new file.
  ///
  /// - Throws: `TrainingError.checkpoint` with the system's reason; the old file is kept.
  static func write(_ arrays: [FloatBuffer], state: RunState, network: String, to path: String) throws(TrainingError) {
    let header = Header(state: state, network: network, floats: arrays.first?.count ?? 0, arrays: arrays.count)
    let draft = path + ".part"
    do {
      var data = try JSONEncoder().encode(header)
      data.append(UInt8(ascii: "\n"))
      guard FileManager.default.createFile(atPath: draft, contents: nil), let file = FileHandle(forWritingAtPath: draft)
      else { throw TrainingError.checkpoint(path: draft, reason: String(cString: strerror(errno))) }
      defer { try? file.close() }  // an error of the close itself comes after the flush below has succeeded
      try file.write(contentsOf: data)
      for array in arrays {
        try file.write(contentsOf: Data(bytesNoCopy: array.data, count: array.count * 4, deallocator: .none))
      }
      try file.synchronize()
      guard rename(draft, path) == 0 else {
        throw TrainingError.checkpoint(path: path, reason: String(cString: strerror(errno)))
      }
    } catch let error as TrainingError {
      throw error
    } catch {
      unlink(draft)
      throw .checkpoint(path: path, reason: error.localizedDescription)
    }
  }

  /// Reads into `arrays`.
  ///
  /// - Throws: `TrainingError.checkpoint` for a file that is missing, damaged or of another network.
  static func read(_ path: String, into arrays: [FloatBuffer], network: String) throws(TrainingError) -> RunState {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .checkpoint(path: path, reason: "cannot be read")
    }
    guard let end = data.firstIndex(of: UInt8(ascii: "\n")),
      let header = try? JSONDecoder().decode(Header.self, from: data[..<end])  // told as "not a checkpoint"
    else { throw .checkpoint(path: path, reason: "not a checkpoint") }
    guard header.network == network else {
      throw .checkpoint(path: path, reason: "of another network: \(header.network), not \(network)")
    }
    let expected = arrays.reduce(0) { $0 + $1.count * 4 }
    guard header.arrays == arrays.count, data.count - end - 1 == expected else {
      throw .checkpoint(path: path, reason: "damaged: \(data.count - end - 1) bytes of numbers, not \(expected)")
    }
    var at = end + 1
    for array in arrays {
      data.copyBytes(
        to: UnsafeMutableRawBufferPointer(start: array.data, count: array.count * 4), from: at..<(at + array.count * 4))
      at += array.count * 4
    }
    return header.state
  }
}
