// What the libraries remark while they work, kept for later.
import Synchronization

/// Collects lines from any thread, each once.
final class Diagnostics: Sendable {
  private let kept = Mutex<[String]>([])

  var lines: [String] { kept.withLock { $0 } }

  func add(_ line: String) {
    kept.withLock { lines in
      if !lines.contains(line) { lines.append(line) }
    }
  }
}
