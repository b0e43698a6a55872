// What the daemon knows of itself.
import Foundation

/// What does not change while the daemon runs.
public struct DaemonFacts: Sendable {
  public var version: String
  /// The processor's own name.
  public var cpu: String
  /// Cores that the networks may load.
  public var threads: Int
  public let start = ContinuousClock.now

  public init(version: String, cpu: String, threads: Int) {
    (self.version, self.cpu, self.threads) = (version, cpu, threads)
  }
}

/// Figures of this process.
enum ProcessFigures {
  /// Memory that is resident now, in bytes; 0 where the system does not tell.
  static var residentBytes: Int {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }  // not Linux
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  /// Open file descriptors.
  static var descriptors: Int {
    (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count - 1) ?? 0  // not Linux
  }
}
