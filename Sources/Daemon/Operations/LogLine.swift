// One line of the log, as text and as JSON.
import Foundation
import Logging

/// What happened, when, and to whom.
struct LogLine {
  var time = Date(timeIntervalSince1970: 0)
  var level: Logger.Level
  /// The stream's name, or the part of the daemon.
  var stream: String
  var message: String
  var fields: [(name: String, value: String)] = []
  /// Lines of the same kind that were left out before this one.
  var suppressed = 0

  /// The line without what must not be seen.
  func redacted(_ redact: Redactor) -> LogLine {
    var line = self
    line.message = redact(message)
    // Both together, since the name tells whether the value is a secret.
    line.fields = fields.map { name, value in
      let shown = redact("\(name)=\(value)")
      return (name, String(shown.dropFirst(shown.hasPrefix(name + "=") ? name.count + 1 : 0)))
    }
    return line
  }

  /// `2026-01-31T23:59:59.123Z warning front: message key=value (3 more like it)`
  var text: String {
    let told = fields.map { " \($0.name)=\(Self.isPlain($0.value) ? $0.value : Self.quoted($0.value))" }.joined()
    let more = suppressed > 0 ? " (\(suppressed) more like it)" : ""
    return "\(stamp) \(level.rawValue) \(stream): \(Self.oneLine(message))\(told)\(more)"
  }

  /// `{"time":"2026-01-31T23:59:59.123Z","level":"warning","stream":"front","message":"…","key":"value"}`
  var json: String {
    let known = [("time", stamp), ("level", level.rawValue), ("stream", stream), ("message", message)]
    let names = Set(known.map(\.0) + ["suppressed"])
    let own = fields.map { (names.contains($0.name) ? $0.name + "_" : $0.name, $0.value) }
    var members = (known + own).map { "\(Self.quoted($0.0)):\(Self.quoted($0.1))" }
    if suppressed > 0 { members.append("\"suppressed\":\(suppressed)") }
    return "{" + members.joined(separator: ",") + "}"
  }

  private var stamp: String { Date.ISO8601FormatStyle(includingFractionalSeconds: true).format(time) }

  private static func isPlain(_ text: String) -> Bool {
    !text.isEmpty && text.unicodeScalars.allSatisfy { $0.value > 32 && $0.value != 127 && $0 != "\"" }
  }

  /// Without line ends and other control characters, which would let a message pretend to be more than one.
  private static func oneLine(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return text }
    let scalars = text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
    return String(String.UnicodeScalarView(scalars))
  }

  /// The text as JSON writes it.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case _ where scalar.value < 32 || scalar.value == 127:
        result += "\\u" + String(repeating: "0", count: scalar.value < 16 ? 3 : 2) + String(scalar.value, radix: 16)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
