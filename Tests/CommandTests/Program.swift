// The built program, run as a process the way a shell does.
import Foundation
import Synchronization
import Testing

/// How a run ended and what it said.
struct Run {
  /// The exit status; minus the signal's number when a signal killed the program.
  let status: Int32
  let output: Data
  let talk: String

  var text: String { String(decoding: output, as: UTF8.self) }
  var talkLines: [Substring] { talk.split(separator: "\n") }
  /// The lines that begin with `verge: error:`.
  var errors: [Substring] { talkLines.filter { $0.hasPrefix("verge: error: ") } }
}

/// A run that has not ended yet.
final class RunningProgram {
  let process = Process()
  private let output, talk: URL
  private let folder: Folder

  /// - Parameter input: the file that standard input reads; nothing by default.
  init(_ executable: URL, _ arguments: [String], input: URL?, folder: Folder) throws {
    self.folder = folder
    process.executableURL = executable
    process.arguments = arguments
    process.currentDirectoryURL = folder.url
    let name = UUID().uuidString
    (output, talk) = (folder.url.appending(path: ".\(name).out"), folder.url.appending(path: ".\(name).err"))
    try Data().write(to: output)
    try Data().write(to: talk)
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: talk)
    process.standardInput = try input.map { try FileHandle(forReadingFrom: $0) } ?? FileHandle.nullDevice
    try process.run()
  }

  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// What the program has said on standard error so far.
  var talkSoFar: String { (try? String(contentsOf: talk, encoding: .utf8)) ?? "" }

  /// Waits for the end; after `seconds` the program is killed and the test fails.
  func wait(seconds: Double = 120) throws -> Run {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while process.isRunning {
      if ContinuousClock.now > deadline {
        send(SIGKILL)
        process.waitUntilExit()
        Issue.record("still running after \(seconds) s: \(process.arguments ?? []): \(talkSoFar)")
      }
      usleep(5000)
    }
    let bySignal = process.terminationReason == .uncaughtSignal
    return Run(
      status: bySignal ? -process.terminationStatus : process.terminationStatus,
      output: try Data(contentsOf: output), talk: talkSoFar)
  }
}

/// A temporary folder that goes when the test is over.
final class Folder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "verge-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }  // what is left behind in /tmp harms nobody

  subscript(name: String) -> URL { url.appending(path: name) }

  func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: self[name].path) }

  /// The names in a folder, hidden ones left out, sorted.
  func names(in name: String = ".") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: self[name].path).filter { !$0.hasPrefix(".") }.sorted()
  }
}

/// The program under test: what VERGE_PROGRAM names, or else the one beside the test program in the build folder.
enum Program {
  static let url =
    ProcessInfo.processInfo.environment["VERGE_PROGRAM"].map { URL(filePath: $0) }
    ?? URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "verge")

  /// A shipped model's file.
  static func model(_ name: String) -> URL {
    URL(filePath: #filePath).appending(path: "../../../Sources/UNet/Models/\(name).safetensors").standardized
  }

  static func start(_ arguments: String..., input: URL? = nil, in folder: Folder) throws -> RunningProgram {
    try RunningProgram(url, arguments, input: input, folder: folder)
  }

  static func run(_ arguments: String..., input: URL? = nil, in folder: Folder? = nil) throws -> Run {
    try RunningProgram(url, arguments, input: input, folder: folder ?? Folder()).wait()
  }

  /// The kernels that run here, by the program's own word.
  static func supportedTiers() throws -> [String] {
    let run = try run("doctor", "--json", "--quick")
    let doctor = try #require(JSONSerialization.jsonObject(with: run.output) as? [String: Any])
    let processor = try #require(doctor["processor"] as? [String: Any])
    return try #require(processor["tiers"] as? [String])
  }

  /// Runs a line of bash in which `verge` is the program.
  static func shell(_ line: String, in folder: Folder) throws -> Run {
    let script = "set -o pipefail; verge() { '\(url.path)' \"$@\"; }; \(line)"
    return try RunningProgram(URL(filePath: "/bin/bash"), ["-c", script], input: nil, folder: folder).wait()
  }
}

/// Expects that a run failed as it should: the status, one line that contains `words`, nothing on standard output.
func expectFailure(
  _ run: Run, status: Int32 = 1, saying words: String..., location: SourceLocation = #_sourceLocation
) {
  #expect(run.status == status, "\(run.talk)", sourceLocation: location)
  #expect(run.errors.count == 1, "\(run.talk)", sourceLocation: location)
  #expect(run.output.isEmpty, sourceLocation: location)
  for word in words {
    #expect(run.errors.joined().contains(word), "\(run.talk)", sourceLocation: location)
  }
}
