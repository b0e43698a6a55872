// How busy the whole machine has been.
import Foundation

/// Seconds that all cores together have worked for anybody since the start of the machine.
enum SystemLoad {
  /// nil where the system does not tell.
  static var busySeconds: Double? {
    guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8),  // not Linux: not told
      let line = text.split(separator: "\n").first, line.hasPrefix("cpu ")
    else { return nil }
    // user, nice, system, idle, iowait, irq, softirq, steal; what follows is counted in user already.
    let ticks = line.split(separator: " ").dropFirst().prefix(8).compactMap { Double($0) }
    guard ticks.count == 8 else { return nil }
    return (ticks.reduce(0, +) - ticks[3] - ticks[4]) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }
}
