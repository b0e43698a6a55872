// At most one log line a second of a kind.
import Foundation
import Logging

/// Says which lines are written, and counts those that are not.
struct LogRepeats {
  private struct Kind {
    var last: Date
    var suppressed: Int
    /// The newest that was left out.
    var line: LogLine
  }

  private var kinds: [String: Kind] = [:]
  /// Seconds between two lines of a kind.
  private static let interval = 1.0
  /// Kinds that are remembered; names that clients make up shall not fill the memory.
  private static let most = 1000

  /// - Returns: how many lines of the kind were left out since its last one; nil when this one is left out too.
  mutating func admit(_ line: LogLine, kind: String?) -> Int? {
    let key = "\(line.level.rawValue) \(line.stream) \(kind ?? Self.withoutNumbers(line.message))"
    if let known = kinds[key] {
      let age = line.time.timeIntervalSince(known.last)
      // A clock that was set back must not silence a kind.
      guard age >= Self.interval || age < 0 else {
        kinds[key] = Kind(last: known.last, suppressed: known.suppressed + 1, line: line)
        return nil
      }
    } else if kinds.count >= Self.most {
      kinds = kinds.filter { abs(line.time.timeIntervalSince($0.value.last)) < Self.interval }
      if kinds.count >= Self.most { kinds = [:] }
    }
    let suppressed = kinds[key]?.suppressed ?? 0
    kinds[key] = Kind(last: line.time, suppressed: 0, line: line)
    return suppressed
  }

  /// The lines that stand for those left out since their kinds' last ones; the last of which is one of them.
  mutating func takeAll() -> [(line: LogLine, suppressed: Int)] {
    let left = kinds.values.filter { $0.suppressed > 0 }.map { ($0.line, $0.suppressed - 1) }
    kinds = [:]
    return left.sorted { ($0.0.time, $0.0.message) < ($1.0.time, $1.0.message) }
  }

  /// `dropped 3 frames` and `dropped 17 frames` are of a kind.
  private static func withoutNumbers(_ text: String) -> String {
    text.prefix(300).reduce(into: "") { result, letter in
      if !letter.isNumber { result.append(letter) } else if result.last != "#" { result.append("#") }
    }
  }
}
