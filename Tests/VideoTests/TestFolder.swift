// Temporary files and outside judges for the tests.
import Foundation

/// A folder that goes with its last reference.
final class TestFolder: Sendable {
  let path: String

  init() {
    let base = FileManager.default.temporaryDirectory.path
    path = "\(base)/verge-video-\(UUID().uuidString)"
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { "\(path)/\(name)" }
}

/// Runs a program and returns what it wrote to standard output; nil when it fails or is not there.
@discardableResult
func run(_ program: String, _ arguments: [String]) -> String? {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = [program] + arguments
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = FileHandle.nullDevice
  process.standardInput = FileHandle.nullDevice
  guard (try? process.run()) != nil else { return nil }
  let data = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
}

/// FFmpeg's own command line as the judge; tests that need it are skipped where it is not installed.
let hasFFmpeg = run("ffmpeg", ["-version"]) != nil && run("ffprobe", ["-version"]) != nil

/// Makes a file with FFmpeg's command line; the arguments are split at spaces.
@discardableResult
func ffmpeg(_ arguments: String) -> Bool {
  run("ffmpeg", ["-nostdin", "-v", "error", "-y"] + arguments.split(separator: " ").map(String.init)) != nil
}
