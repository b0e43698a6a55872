// What an output of a stream is, by how it is written.
import Foundation

/// The kinds of outputs.
enum OutputKind: Sendable, Hashable {
  /// A URL that video is sent to: RTSP, RTMP, SRT, UDP, TCP, HTTP.
  case network(String)
  /// Files one after the other, each with the time it begins in its name.
  case recording(String)
  /// A playlist with its segments beside it.
  case hls(String)
  /// A line of JSON a frame, to a file or a socket.
  case records(String)

  /// - Parameter output: `rtsp://…`, `recordings/front.mp4`, `hls/front.m3u8`, `front.jsonl`, `jsonl+tcp://…`.
  init(_ output: String) {
    let scheme = output.firstMatch(of: /^([a-zA-Z][a-zA-Z0-9+.\-]*):\/\//).map { String($0.1).lowercased() }
    if let scheme, scheme.hasPrefix("jsonl+") {
      self = .records(String(output.dropFirst("jsonl+".count)))
    } else if output.hasSuffix(".jsonl") {
      self = .records(output)
    } else if scheme != nil {
      self = .network(output)
    } else if output.hasSuffix(".m3u8") {
      self = .hls(output)
    } else {
      self = .recording(output)
    }
  }
}

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
    let first = text(at: date)
    guard FileManager.default.fileExists(atPath: first) else { return first }
    let (base, suffix) = ((first as NSString).deletingPathExtension, (first as NSString).pathExtension)
    let free = (2...).first { !FileManager.default.fileExists(atPath: "\(base)-\($0).\(suffix)") } ?? 2
    return "\(base)-\(free).\(suffix)"
  }

  /// Files of this recording that were finished before a moment.
  func files(before date: Date) -> [String] {
    let folder = (pattern as NSString).deletingLastPathComponent
    let place = folder.isEmpty ? "." : folder
    let shape = (pattern as NSString).lastPathComponent
    let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []  // gone: nothing to delete
    return names.filter { fits($0, shape) }.map { (place as NSString).appendingPathComponent($0) }.filter { path in
      let changed = try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
      return changed.map { $0 < date } ?? false
    }
  }

  private func text(at date: Date) -> String {
    var time = time_t(date.timeIntervalSince1970)
    var parts = tm()
    gmtime_r(&time, &parts)
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = strftime(&buffer, buffer.count, pattern, &parts)
    return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
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
