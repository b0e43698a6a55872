// Lengths of time as people write them.

/// A length of time: `200ms`, `1.5s`, `90`, `2m`, `1h`, `1:30`, `0:01:30.5`.
public struct TimeSpan: Sendable, Hashable {
  public var seconds: Double

  public init(seconds: Double) { self.seconds = seconds }

  /// A century; longer ones would not fit into the system's clocks.
  private static let longest = 100 * 366 * 86_400.0

  /// - Returns: nil for text that is no length of time.
  public init?(_ text: String) {
    guard let seconds = text.contains(":") ? Self.clock(text) : Self.quantity(text),
      (0...Self.longest).contains(seconds)
    else { return nil }
    self.seconds = seconds
  }

  public var duration: Duration { .seconds(seconds) }

  private static func quantity(_ text: String) -> Double? {
    for (suffix, unit) in [("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3600.0)] where text.hasSuffix(suffix) {
      return Double(text.dropLast(suffix.count)).map { $0 * unit }
    }
    return Double(text)
  }

  private static func clock(_ text: String) -> Double? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count) else { return nil }
    var sum = 0.0
    for part in parts {
      guard let number = Double(part), number >= 0 else { return nil }
      sum = sum * 60 + number
    }
    return sum
  }
}

extension TimeSpan: Comparable {
  public static func < (a: TimeSpan, b: TimeSpan) -> Bool { a.seconds < b.seconds }
}

extension TimeSpan: CustomStringConvertible {
  /// The shortest of its forms: `200ms`, `90s`, `10m`.
  public var description: String {
    func text(_ number: Double) -> String { number == number.rounded() ? "\(Int(number))" : "\(number)" }
    if seconds < 1, seconds > 0 { return text((seconds * 1e6).rounded() / 1000) + "ms" }
    if seconds >= 120, seconds.truncatingRemainder(dividingBy: 60) == 0 { return text(seconds / 60) + "m" }
    return text(seconds) + "s"
  }
}

extension TimeSpan: WrittenSetting {
  public static var form: String { "a length of time such as 200ms, 5s or 10m" }
}
