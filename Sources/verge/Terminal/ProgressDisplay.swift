// How far the work is: a bar on a terminal, a line now and then in a log.
import Dispatch
import Foundation

/// A moment of a running job.
struct ProgressSample: Sendable {
  var done: Int
  /// How many there will be, where that is known.
  var total: Int?
  /// Done per second, lately.
  var rate: Double
  /// Median time from source to sink in milliseconds, where it applies.
  var latency: Double?

  /// Seconds until the end at the present rate.
  var secondsLeft: Double? {
    guard let total, rate > 0, total >= done else { return nil }
    return Double(total - done) / rate
  }
}

/// Shows samples of a job until it is told to finish.
final class ProgressDisplay: Sendable {
  enum Style: Sendable { case bar, lines, none }

  private let style: Style
  private let unit: String
  private let console: Console
  private let sample: @Sendable () -> ProgressSample
  private let queue = DispatchQueue(label: "verge.progress")
  // Dispatch sources are safe to cancel from anywhere.
  nonisolated(unsafe) private let timer: (any DispatchSourceTimer)?

  /// - Parameters:
  ///   - unit: what is counted, in the plural: "frames".
  ///   - sample: asked ten times a second for a bar, every five seconds for lines.
  init(
    unit: String, quiet: Bool, console: Console = .standard, sample: @escaping @Sendable () -> ProgressSample
  ) {
    self.unit = unit
    self.console = console
    self.sample = sample
    style = quiet ? .none : console.isInteractive ? .bar : .lines
    // A source that is never activated may not be released, so none is made where nothing is shown.
    timer = style == .none ? nil : DispatchSource.makeTimerSource(queue: queue)
    let interval = style == .bar ? DispatchTimeInterval.milliseconds(100) : .seconds(5)
    timer?.schedule(deadline: .now() + interval, repeating: interval)
    timer?.setEventHandler { [weak self] in self?.show() }
    timer?.activate()
  }

  /// Removes the bar; nothing is shown after this returns.
  func finish() {
    guard style != .none else { return }
    timer?.cancel()
    queue.sync {}
    console.showStatus("")
  }

  private func show() {
    let sample = sample()
    if style == .bar {
      console.showStatus(Self.bar(sample, unit: unit, columns: console.columns))
    } else if sample.done > 0 {
      console.note(Self.text(sample, unit: unit))
    }
  }

  /// `312 of 611 frames, 52.3 frames/s, latency 24 ms, 0:06 left`
  static func text(_ sample: ProgressSample, unit: String) -> String {
    var parts = [sample.total.map { "\(sample.done) of \($0) \(unit)" } ?? "\(sample.done) \(unit)"]
    parts.append("\(sample.rate.formatted(decimals: 1)) \(unit)/s")
    if let latency = sample.latency { parts.append("latency \(latency.formatted(decimals: 0)) ms") }
    if let left = sample.secondsLeft { parts.append("\(clock(left)) left") }
    return parts.joined(separator: ", ")
  }

  /// `━━━━━━━━────────  51 %  312 of 611 frames, …`, cut to the terminal.
  static func bar(_ sample: ProgressSample, unit: String, columns: Int) -> String {
    let text = text(sample, unit: unit)
    guard let total = sample.total, total > 0 else { return String(text.prefix(columns - 1)) }
    return bar(share: Double(sample.done) / Double(total), text: text, columns: columns)
  }

  /// - Parameter share: what is done, 0…1.
  static func bar(share: Double, text: String, columns: Int) -> String {
    let share = min(1, share)
    let width = min(30, columns - text.count - 9)
    guard width >= 5 else { return String(text.prefix(columns - 1)) }
    let filled = Int((share * Double(width)).rounded())
    let bar = String(repeating: "━", count: filled) + String(repeating: "─", count: width - filled)
    let percent = String(Int(share * 100))
    return "\(bar) \(String(repeating: " ", count: 3 - percent.count))\(percent) %  \(text)"
  }

  /// `1:02:03`, or `2:03` below an hour.
  static func clock(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    let two = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
    return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
  }
}

extension Double {
  /// The number with this many decimals, whatever the locale.
  func formatted(decimals: Int) -> String { String(format: "%.\(decimals)f", self) }
}
