// Standard output for data, standard error for talk, and a status line that the talk does not tear.
import Foundation
import Synchronization

/// The two streams of the program. Safe to use from any thread.
final class Console: Sendable {
  /// The process's own streams; the only ones there are outside tests.
  static let standard = Console(output: STDOUT_FILENO, talk: STDERR_FILENO)

  private let output: Int32
  private let talk: Int32
  /// The status line on show, empty where there is none.
  private let status = Mutex("")

  init(output: Int32, talk: Int32) {
    self.output = output
    self.talk = talk
  }

  /// Whether a person reads the talk on a terminal that can redraw a line.
  var isInteractive: Bool {
    isatty(talk) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
  }

  /// Columns of the terminal; 80 where that is unknown.
  var columns: Int {
    var size = winsize()
    return ioctl(talk, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
  }

  func error(_ text: String) { say("verge: error: \(text)") }
  func warn(_ text: String) { say("verge: warning: \(text)") }
  func note(_ text: String) { say("verge: \(text)") }

  /// Writes a line of talk, above the status line if there is one.
  private func say(_ line: String) {
    status.withLock { shown in
      _ = write(shown.isEmpty ? line + "\n" : "\r\u{1B}[K\(line)\n\(shown)", to: talk)
    }
  }

  /// Shows `line` in place of the last status line; an empty one removes it.
  func showStatus(_ line: String) {
    status.withLock { shown in
      guard line != shown else { return }
      write("\r\u{1B}[K\(line)", to: talk)
      shown = line
    }
  }

  /// Writes a line of data to standard output.
  ///
  /// - Throws: `CommandError.standardOutput` when it cannot be written: a closed pipe, a full disk.
  func data(_ line: String) throws(CommandError) {
    guard write(line + "\n", to: output) else { throw .standardOutput(reason: String(cString: strerror(errno))) }
  }

  /// `data` for the end of the program, where all that is left to do about a failure is to tell it.
  func printData(_ line: String) -> Bool {
    do {
      try data(line)
      return true
    } catch {
      self.error(error.description)
      return false
    }
  }

  /// What an error has to say, on one line.
  static func oneLine(_ error: any Error) -> String {
    // Foundation's own errors describe themselves for people only under this name.
    oneLine(error is CocoaError || error is POSIXError ? error.localizedDescription : String(describing: error))
  }

  static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " ")
  }

  /// Writes all of `text`; false and errno where that fails.
  @discardableResult
  private func write(_ text: String, to descriptor: Int32) -> Bool {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0 && errno == EINTR { continue }
      guard written >= 0 else { return false }
      rest = rest.dropFirst(written)
    }
    return true
  }
}
