// Other programs that the tests ask, when they are installed.
import Foundation

/// The path of an installed program; nil when it is not there.
func tool(_ name: String) -> String? {
  let folders = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
  return folders.split(separator: ":").map { "\($0)/\(name)" }.first {
    FileManager.default.isExecutableFile(atPath: $0)
  }
}

/// Runs a program for at most a minute; its output and errors together.
func run(_ path: String, _ arguments: [String], input: String = "") throws -> (status: Int32, output: String) {
  let process = Process()
  (process.executableURL, process.arguments) = (URL(filePath: path), arguments)
  // Files, not pipes: neither side can then wait for the other.
  let folder = FileManager.default.temporaryDirectory.appending(path: "verge-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }  // the system clears it otherwise
  let (source, sink) = (folder.appending(path: "in"), folder.appending(path: "out"))
  try Data(input.utf8).write(to: source)
  try Data().write(to: sink)
  process.standardInput = try FileHandle(forReadingFrom: source)
  let output = try FileHandle(forWritingTo: sink)
  (process.standardOutput, process.standardError) = (output, output)
  try process.run()
  let limit = Date().addingTimeInterval(60)
  while process.isRunning, Date() < limit { Thread.sleep(forTimeInterval: 0.02) }
  if process.isRunning { process.terminate() }
  process.waitUntilExit()
  return (process.terminationStatus, try String(contentsOf: sink, encoding: .utf8))
}
