// Lengths of time as people write them.
import ArgumentParser

/// A length of time on the command line: `200ms`, `1.5s`, `90`, `2m`, `1h`, `1:30`, `0:01:30.5`.
struct Span: ExpressibleByArgument, Sendable, Equatable {
  let seconds: Double

  init(seconds: Double) { self.seconds = seconds }

  init?(argument: String) {
    guard let seconds = argument.contains(":") ? Self.clock(argument) : Self.quantity(argument),
      seconds.isFinite, seconds >= 0
    else { return nil }
    self.seconds = seconds
  }

  var defaultValueDescription: String {
    seconds < 1 ? "\((seconds * 1000).formatted(decimals: 0))ms" : "\(seconds.formatted(decimals: 0))s"
  }

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
