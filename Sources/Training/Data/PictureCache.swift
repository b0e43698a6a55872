// Pictures that were read once and still fit in memory.
import Foundation
import Synchronization

/// Keeps pictures up to a limit; what came first stays, since every picture comes as often as any other.
final class PictureCache: Sendable {
  private struct Key: Hashable {
    let part, index: Int
  }

  private struct Content {
    var pictures: [Key: LabelledPicture] = [:]
    var bytes = 0
  }

  private let limit: Int
  private let content = Mutex(Content())

  /// - Parameter limit: bytes of samples and labels.
  init(limit: Int) { self.limit = limit }

  /// A quarter of the memory that is free now, at most 4 GiB.
  static var standardLimit: Int { min(4 << 30, freeMemory / 4) }

  /// Bytes that the system could still give, within the limits of a container; half of all where it does not tell.
  private static var freeMemory: Int {
    func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }  // nil: not Linux
    func number(_ text: some StringProtocol) -> Int? { Int(String(text.filter(\.isNumber))) }
    let line = text("/proc/meminfo")?.split(separator: "\n").first { $0.hasPrefix("MemAvailable") }
    let free = line.flatMap { number($0) }.map { $0 << 10 } ?? Int(ProcessInfo.processInfo.physicalMemory / 2)
    guard let limit = text("/sys/fs/cgroup/memory.max").flatMap({ number($0) }) else { return free }
    let used = text("/sys/fs/cgroup/memory.current").flatMap { number($0) } ?? 0
    return min(free, max(0, limit - used))
  }

  subscript(part: Int, index: Int) -> LabelledPicture? {
    get { content.withLock { $0.pictures[Key(part: part, index: index)] } }
    set {
      guard let newValue else { return }
      let key = Key(part: part, index: index)
      let bytes = newValue.rgb.count + newValue.labels.count
      content.withLock { content in
        // Two readers may have read the same picture at once.
        guard content.pictures[key] == nil, content.bytes + bytes <= limit else { return }
        content.bytes += bytes
        content.pictures[key] = newValue
      }
    }
  }
}
