// What a data set's inspection remarks.

/// One remark on a data set: what is the matter, what follows from it, and which files it concerns.
public struct LintFinding: Sendable, Hashable, Encodable {
  public enum Severity: String, Sendable, Encodable, CaseIterable {
    /// Training stops, or learns nothing of use.
    case error
    /// Training runs, but results suffer or mislead.
    case warning
    /// Worth knowing.
    case note
  }

  public let severity: Severity
  /// A name for programs, such as `missing-mask`.
  public let code: String
  /// The split's name; nil for what concerns several.
  public let split: String?
  /// One sentence or two, on one line.
  public let text: String
  /// All files concerned, relative to their split.
  public let files: [String]

  init(_ severity: Severity, _ code: String, split: String?, _ text: String, files: [String] = []) {
    (self.severity, self.code, self.split, self.text, self.files) = (severity, code, split, text, files)
  }

  /// `a, b, c and 12 more`.
  static func list(_ names: [String]) -> String {
    names.prefix(3).joined(separator: ", ") + (names.count > 3 ? " and \(names.count - 3) more" : "")
  }

  /// `1 mask`, `3 masks`.
  static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
