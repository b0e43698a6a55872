// Prometheus's text format.
import Pipeline

/// Writes metrics as text.
///
/// - Source: Prometheus, "Exposition formats", text format 0.0.4.
struct Exposition {
  enum Kind: String { case counter, gauge, histogram }

  private(set) var text = ""
  private var name = ""

  /// Begins a metric; its samples follow.
  mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
    self.name = name
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
  }

  mutating func sample(_ value: Double, _ labels: [(String, String)] = [], suffix: String = "") {
    let list = labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
    text += list.isEmpty ? "\(name)\(suffix) " : "\(name)\(suffix){\(list)} "
    text += Self.number(value) + "\n"
  }

  mutating func sample(_ value: Int, _ labels: [(String, String)] = []) { sample(Double(value), labels) }

  mutating func histogram(_ counts: DurationCounts, _ labels: [(String, String)]) {
    for (bound, count) in zip(DurationCounts.bounds, counts.upTo) {
      sample(Double(count), labels + [("le", Self.number(bound))], suffix: "_bucket")
    }
    sample(Double(counts.count), labels + [("le", "+Inf")], suffix: "_bucket")
    sample(counts.sum, labels, suffix: "_sum")
    sample(Double(counts.count), labels, suffix: "_count")
  }

  /// Backslash, quote and newline are what the format asks to be escaped.
  static func escaped(_ value: String) -> String {
    guard value.utf8.contains(where: { $0 == 0x5c || $0 == 0x22 || $0 == 0x0a }) else { return value }
    return value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }

  static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
    return value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
  }
}
