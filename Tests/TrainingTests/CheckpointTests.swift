// States of runs on the disk, whole and spoilt.
import Foundation
import Testing

@testable import Training

@Suite struct CheckpointTests {
  private static let identity = RunIdentity(settings: ["network.stem": "2", "batch": "8"])

  private func buffers(_ value: Float, count: Int = 10) -> [FloatBuffer] {
    (0..<2).map { i in
      let buffer = FloatBuffer(count: count)
      buffer.fill(value + Float(i))
      return buffer
    }
  }

  private func write(_ path: String, value: Float = 3) throws {
    let state = RunState(step: 7, seconds: 1.5, bestEpoch: 2, bestMeanIoU: 0.25)
    try Checkpoint.write(buffers(value), state: state, identity: Self.identity, to: path)
  }

  private func refusal(of path: String, identity: RunIdentity = Self.identity) -> String {
    do throws(TrainingError) {
      _ = try Checkpoint.read(path, into: buffers(0), identity: identity)
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test func whatIsWrittenIsRead() throws {
    let path = try Fixtures.folder() + "/c"
    try write(path)
    let read = buffers(0)
    let state = try Checkpoint.read(path, into: read, identity: Self.identity)
    #expect(state == RunState(step: 7, seconds: 1.5, bestEpoch: 2, bestMeanIoU: 0.25))
    #expect(read.map { $0.data[9] } == [3, 4])
  }

  @Test func aCheckpointOfAnotherRunIsRefusedWithWhatDiffers() throws {
    let path = try Fixtures.folder() + "/c"
    try write(path)
    let text = refusal(of: path, identity: RunIdentity(settings: ["network.stem": "1", "batch": "8"]))
    #expect(text.contains("network.stem 2, not 1"), "\(text)")
    #expect(!text.contains("batch"))
  }

  @Test func spoiltFilesAreRefused() throws {
    let path = try Fixtures.folder() + "/c"
    try write(path)
    let whole = try Data(contentsOf: URL(filePath: path))
    var flipped = whole
    flipped[flipped.count - 5] ^= 1
    let hostile = Data(#"{"format":"verge-checkpoint-2","state":{"step":-1},"counts":[1e99]}"#.utf8) + [10]
    let cases: [(Data, String)] = [
      (whole.dropLast(3), "damaged"), (flipped, "damaged"), (Data(), "empty"), (Data([1, 2, 3]), "no checkpoint"),
      (hostile, "another version"), (Data(#"{"format":"verge-checkpoint-1"}"#.utf8) + [10], "another version"),
      (Data(repeating: 255, count: 3_000_000), "no checkpoint"),
    ]
    for (data, words) in cases {
      try data.write(to: URL(filePath: path))
      #expect(refusal(of: path).contains(words), "\(words): \(refusal(of: path))")
    }
    #expect(refusal(of: path + "x").contains("no checkpoint is there"))
  }

  @Test(arguments: [
    RunState(step: .max), RunState(step: 1, bestEpoch: .max), RunState(step: 1, measurementsSinceBest: .max),
    RunState(step: -1), RunState(step: 1, measuredStep: -5), RunState(seconds: -1),
  ])
  func aPlaceWhereNoRunCanBeIsRefused(state: RunState) throws {
    let path = try Fixtures.folder() + "/c"
    try Checkpoint.write(buffers(1), state: state, identity: Self.identity, to: path)
    #expect(refusal(of: path).contains("no run can stand"), "\(refusal(of: path))")
  }

  @Test func aFailedWriteKeepsTheOldFileAndLeavesNoOther() throws {
    let folder = try Fixtures.folder()
    try write(folder + "/c")
    // A folder in the draft's place cannot be opened for writing.
    try FileManager.default.createDirectory(atPath: folder + "/c.part/x", withIntermediateDirectories: true)
    #expect(throws: TrainingError.self) { try write(folder + "/c", value: 9) }
    let read = buffers(0)
    _ = try Checkpoint.read(folder + "/c", into: read, identity: Self.identity)
    #expect(read[0].data[0] == 3)
    #expect(throws: TrainingError.self) { try write("/proc/nothing/c") }
  }
}
