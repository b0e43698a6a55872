// The libraries' log, on the console.
import Logging

/// Writes log records as lines of talk: warnings and errors marked, the rest plain.
struct ConsoleLogHandler: LogHandler {
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]
  var console = Console.standard

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let details = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }.map {
      " \($0.key)=\($0.value)"
    }
    let line = Console.oneLine("\(event.message)") + details.joined()
    switch event.level {
    case .error, .critical: console.error(line)
    case .warning: console.warn(line)
    default: console.note(line)
    }
  }

  /// A logger that leaves out everything below warnings when `quiet`.
  static func logger(quiet: Bool) -> Logger {
    Logger(label: "verge") { _ in ConsoleLogHandler(logLevel: quiet ? .warning : .info) }
  }
}
