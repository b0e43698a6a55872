// What this machine has: processor, cores and memory that the process may use.
import Foundation
import Training

/// The machine as the process sees it, limits of containers included.
struct Machine {
  /// The processor's own name.
  let cpu: String
  /// Cores that the process may load: its affinity, bounded by the control group's quota; at least 1.
  let cores: Int
  /// Bytes of memory that the process may use, and that are free now.
  let memory, freeMemory: Int

  static let current = Machine()

  private init() {
    cpu = Self.value(of: "model name", in: "/proc/cpuinfo") ?? "unknown processor"
    let inAffinity = ProcessInfo.processInfo.activeProcessorCount
    cores = max(1, min(inAffinity, Self.quotaCores ?? inAffinity))
    let total = Self.kibibytes("MemTotal") ?? 0
    let limit = Self.text("/sys/fs/cgroup/memory.max").flatMap(Int.init) ?? Int.max
    memory = min(total, limit)
    freeMemory = FreeMemory.bytes
  }

  /// Cores' worth of time that the control group grants, rounded up; nil without a limit.
  private static var quotaCores: Int? {
    let fields = text("/sys/fs/cgroup/cpu.max")?.split(separator: " ").map { Double($0) } ?? []
    guard fields.count == 2, let quota = fields[0], let period = fields[1], period > 0 else { return nil }
    return Int((quota / period).rounded(.up))
  }

  private static func kibibytes(_ name: String) -> Int? {
    value(of: name, in: "/proc/meminfo").flatMap { Int($0.prefix { $0.isNumber }) }.map { $0 * 1024 }
  }

  /// The value of the first line `NAME : VALUE` of a file.
  private static func value(of name: String, in path: String) -> String? {
    let line = text(path)?.split(separator: "\n").first { $0.hasPrefix(name) }
    return line?.split(separator: ":", maxSplits: 1).last?.trimmingCharacters(in: .whitespaces)
  }

  private static func text(_ path: String) -> String? {
    (try? String(contentsOfFile: path, encoding: .utf8))?  // absent outside Linux's cgroup v2: then there is no limit
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
