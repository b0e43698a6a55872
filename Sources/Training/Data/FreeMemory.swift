// Memory that the process could still get.
import Foundation

/// Bytes that the system could still give, within the limits of a container.
public struct FreeMemory: Sendable {
  /// What the system's files say; nil for those that are not there.
  var meminfo, limit, used, statistics: String?

  /// As things are now; half of all memory where the system does not tell.
  public static var bytes: Int {
    func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }  // nil: not there
    let group = "/sys/fs/cgroup/memory."
    let files = FreeMemory(
      meminfo: text("/proc/meminfo"), limit: text(group + "max"), used: text(group + "current"),
      statistics: text(group + "stat"))
    return files.bytes ?? Int(ProcessInfo.processInfo.physicalMemory / 2)
  }

  /// nil where the system does not tell.
  var bytes: Int? {
    guard let free = Self.value("MemAvailable", in: meminfo).map({ $0 << 10 }) else { return nil }
    guard let limit = limit.flatMap({ Self.number($0) }) else { return free }
    // Copies of files that nobody reads now are given up for the asking, as they are in MemAvailable.
    let copies = Self.value("inactive_file", in: statistics) ?? 0
    let taken = used.flatMap { Self.number($0) } ?? 0
    return min(free, max(0, limit - max(0, taken - copies)))
  }

  private static func value(_ name: String, in text: String?) -> Int? {
    text?.split(separator: "\n").first { $0.hasPrefix(name) }.flatMap { number($0) }
  }

  private static func number(_ text: some StringProtocol) -> Int? { Int(String(text.filter(\.isNumber))) }
}
