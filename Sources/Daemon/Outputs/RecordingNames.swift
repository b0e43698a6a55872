// Names with times in them.
import Foundation
import Video

/// The names of a recording's files.
struct RecordingNames: Sendable {
  private let pattern: String

  /// - Parameter path: `front.mp4` becomes `front-20260131-235959.mp4`; with `%`, it is a pattern of strftime's. Times are
  ///   UTC, so that no hour comes twice.
  init(_ path: String) {
    guard !path.contains("%") else {
      pattern = path
      return
    }
    let suffix = (path as NSString).pathExtension
    pattern = (path as NSString).deletingPathExtension + "-%Y%m%d-%H%M%S" + (suffix.isEmpty ? "" : "." + suffix)
  }

  /// A name that no file has yet.
  func path(at date: Date) -> String {
    let first = date.utc(pattern)
    guard FileManager.default.fileExists(atPath: first) else { return first }
    let (base, suffix) = ((first as NSString).deletingPathExtension, (first as NSString).pathExtension)
    let free = (2...).first { !FileManager.default.fileExists(atPath: "\(base)-\($0).\(suffix)") } ?? 2
    return "\(base)-\(free).\(suffix)"
  }

  /// Files of this recording that were finished before a moment.
  func files(before date: Date) -> [String] { files(before: date, ending: "") }

  /// What is left of ordinary files that were being made of finished recordings when the process was killed; nothing was
  /// written to them since a moment. The recordings themselves lie beside them.
  func drafts(before date: Date) -> [String] { files(before: date, ending: FastStart.draftSuffix) }

  private func files(before date: Date, ending: String) -> [String] {
    let folder = (pattern as NSString).deletingLastPathComponent
    let place = folder.isEmpty ? "." : folder
    let shape = (pattern as NSString).lastPathComponent
    let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []  // gone: nothing to delete
    let own = names.filter { $0.hasSuffix(ending) && fits(String($0.dropLast(ending.count)), shape) }
    return own.map { (place as NSString).appendingPathComponent($0) }.filter { path in
      let changed = try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
      return changed.map { $0 < date } ?? false
    }
  }

  /// Digits of strftime's fields; names with others are never taken for recordings.
  private static let digits: [Character: Int] = ["Y": 4, "m": 2, "d": 2, "H": 2, "M": 2, "S": 2, "j": 3, "y": 2]

  /// Whether a name is one that the pattern makes: its own text, with as many digits as its times have.
  private func fits(_ name: String, _ shape: String) -> Bool {
    var expression = ""
    var rest = (shape as NSString).deletingPathExtension[...]
    while let character = rest.popFirst() {
      if character == "%", let field = rest.popFirst() {
        guard let count = Self.digits[field] else { return false }
        expression += "[0-9]{\(count)}"
      } else {
        expression += NSRegularExpression.escapedPattern(for: String(character))
      }
    }
    let suffix = (shape as NSString).pathExtension
    expression += "(-[0-9]{1,3})?" + NSRegularExpression.escapedPattern(for: suffix.isEmpty ? "" : "." + suffix)
    return name.range(of: "^" + expression + "$", options: .regularExpression) != nil
  }
}

/// The names of pictures that come one by one: `20260131-235959.123456.png`, the time in UTC.
struct TimedPictureNames: Sendable {
  /// Microseconds since 1970 of the last one.
  private var last: Int64 = 0

  /// A name after that of the picture before.
  mutating func next(at date: Date) -> String {
    var time = Int64((date.timeIntervalSince1970 * 1e6).rounded())
    // Frames that come at once keep their order; a clock that is set back by more counts as right.
    if time <= last, last - time < 1_000_000 { time = last + 1 }
    last = time
    return Self.name(microseconds: time)
  }

  /// Names in a folder, of pictures from before a moment.
  static func names(in folder: String, before date: Date) -> [String] {
    let end = name(microseconds: Int64((date.timeIntervalSince1970 * 1e6).rounded()))
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []  // gone: nothing to delete
    return names.filter { $0 < end && $0.wholeMatch(of: /\d{8}-\d{6}\.\d{6}\.png/) != nil }
  }

  private static func name(microseconds: Int64) -> String {
    let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    return Date(timeIntervalSince1970: Double(seconds)).utc("%Y%m%d-%H%M%S") + String(format: ".%06d.png", Int(rest))
  }
}

extension Date {
  /// The time in UTC.
  ///
  /// - Parameter pattern: strftime's.
  fileprivate func utc(_ pattern: String) -> String {
    var time = time_t(timeIntervalSince1970)
    var parts = tm()
    gmtime_r(&time, &parts)
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = strftime(&buffer, buffer.count, pattern, &parts)
    return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
