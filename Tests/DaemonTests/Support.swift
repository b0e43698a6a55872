// What the tests of streams share.
import Foundation
import Frames
import Logging
import Pipeline
import Synchronization
import Tensors
import Testing
import Video

@testable import Daemon

/// A folder that goes with its last reference.
final class TestFolder: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/verge-daemon-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }  // what is left behind in /tmp harms nobody

  func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  /// Names in a folder below it, sorted; none where there is no such folder.
  func names(in name: String = "") -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(name)")) ?? []).sorted()
  }
}

/// Runs a program and returns what it wrote to standard output; nil when it fails or is not there.
@discardableResult
func judge(_ program: String, _ arguments: [String]) -> String? {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = [program] + arguments
  let pipe = Pipe()
  (process.standardOutput, process.standardError) = (pipe, FileHandle.nullDevice)
  process.standardInput = FileHandle.nullDevice
  guard (try? process.run()) != nil else { return nil }
  let data = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
}

/// FFmpeg's own programs as peers and judges; tests that need them are skipped where they are not installed.
let hasFFmpeg = judge("ffmpeg", ["-version"]) != nil && judge("ffprobe", ["-version"]) != nil

/// Frames of a file's video, decoded by ffprobe.
func decodedFrames(_ path: String) -> Int {
  let text = judge(
    "ffprobe",
    [
      "-v", "error", "-select_streams", "v:0", "-count_frames", "-show_entries", "stream=nb_read_frames", "-of",
      "csv=p=0", path,
    ])
  return text.flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
}

/// Waits until something is so, for `seconds` at most; says whether it came.
func soon(within seconds: Double = 30, _ condition: () throws -> Bool) rethrows -> Bool {
  let deadline = ContinuousClock.now + .seconds(seconds)
  while ContinuousClock.now < deadline {
    if try condition() { return true }
    usleep(10_000)
  }
  return try condition()
}

/// Streams of the shipped model on one thread.
func environment() -> StreamEnvironment {
  var log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
  log.logLevel = .critical
  return StreamEnvironment(networks: SharedNetworks(kernels: .best, threads: 1), log: log, redact: { $0 })
}

extension Daemon.Stream {
  var now: StreamStatus { status { $0 } }

  /// Ends it and waits; says whether everything was finished.
  func end() -> Bool {
    stop()
    return wait(until: .now + .seconds(20))
  }
}
