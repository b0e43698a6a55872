// Where the daemon's log lines go, and what they may hold.
import Dispatch
public import Foundation
public import Logging
import Synchronization

/// Writes log lines to standard error: as text or JSON, without secrets, at most one a second of a kind.
///
/// Callers never wait for whoever reads the lines: they are written by a queue of the output's own, and when too many wait
/// there, further ones are left out and counted. Level, format and secrets can change while loggers are in use.
///
/// - Note: Lines are of one kind when level, stream and message are the same but for digits; metadata `kind` says it
///   otherwise. How many were left out is told in the kind's next line.
public final class LogOutput: Sendable {
  private struct State {
    var level: Logger.Level
    var isJSON: Bool
    var redact: Redactor
    var repeats = LogRepeats()
    /// Lines that wait to be written, and that were left out because too many did.
    var waiting = 0
    var lost = 0
  }

  private let state: Mutex<State>
  private let queue = DispatchQueue(label: "verge.log")
  private let descriptor: Int32
  private let now: @Sendable () -> Date
  /// Lines that may wait.
  private static let backlog = 1000

  /// - Parameters:
  ///   - descriptor: what is written to.
  ///   - now: the clock.
  public init(
    _ settings: LogSettings, redactor: Redactor = Redactor(), descriptor: Int32 = STDERR_FILENO,
    now: @escaping @Sendable () -> Date = { Date() }
  ) {
    (self.descriptor, self.now) = (descriptor, now)
    state = Mutex(State(level: Self.level(settings), isJSON: settings.format == "json", redact: redactor))
  }

  /// Goes over to other settings from the next line on.
  public func use(_ settings: LogSettings) {
    state.withLock { state in (state.level, state.isJSON) = (Self.level(settings), settings.format == "json") }
  }

  /// Goes over to other secrets from the next line on.
  public func use(_ redactor: Redactor) { state.withLock { $0.redact = redactor } }

  /// A logger whose lines come here.
  ///
  /// - Parameter label: the stream's name, or the part of the daemon.
  public func logger(_ label: String) -> Logger { Logger(label: label) { LogLineHandler(label: $0, output: self) } }

  /// Waits until all lines are written, and tells how many were left out last.
  public func flush() {
    let time = now()
    state.withLock { state in
      for (line, count) in state.repeats.takeAll() {
        var line = line
        (line.time, line.suppressed) = (time, count)
        write(line, &state)
      }
    }
    queue.sync {}
  }

  /// The least that is logged.
  var level: Logger.Level { state.withLock { $0.level } }

  /// Takes a line that is of the level to be logged.
  func take(_ line: LogLine, kind: String?) {
    var line = line
    line.time = now()
    state.withLock { state in
      guard let suppressed = state.repeats.admit(line, kind: kind) else { return }
      line.suppressed = suppressed
      write(line, &state)
    }
  }

  private func write(_ line: LogLine, _ state: inout State) {
    guard state.waiting < Self.backlog else {
      state.lost += 1
      return
    }
    var line = line
    if state.lost > 0 { line.fields.append(("lines_lost", "\(state.lost)")) }
    (state.lost, state.waiting) = (0, state.waiting + 1)
    let shown = line.redacted(state.redact)
    let text = (state.isJSON ? shown.json : shown.text) + "\n"
    queue.async { [self] in
      writeAll(text)
      self.state.withLock { $0.waiting -= 1 }
    }
  }

  /// A line that cannot be written is lost: there is nowhere to tell it.
  private func writeAll(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { return }
      rest = rest.dropFirst(written)
    }
  }

  private static func level(_ settings: LogSettings) -> Logger.Level { Logger.Level(rawValue: settings.level) ?? .info }
}

/// Hands what a logger is told to the output.
struct LogLineHandler: LogHandler {
  let label: String
  let output: LogOutput
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?
  /// Set for this logger alone; the output's level by default.
  private var own: Logger.Level?

  init(label: String, output: LogOutput) { (self.label, self.output) = (label, output) }

  var logLevel: Logger.Level {
    get { own ?? output.level }
    set { own = newValue }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var all = metadata.merging(metadataProvider?.get() ?? [:]) { $1 }.merging(event.metadata ?? [:]) { $1 }
    if let error = event.error { all["error"] = "\(error)" }
    let stream = all.removeValue(forKey: "stream").map { "\($0)" } ?? label
    let kind = all.removeValue(forKey: "kind").map { "\($0)" }
    let line = LogLine(
      level: event.level, stream: stream, message: event.message.description,
      fields: all.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") })
    output.take(line, kind: kind)
  }
}
