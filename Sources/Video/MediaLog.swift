// FFmpeg's log, brought from standard error into Swift.
import CFFmpeg
import Foundation
import Synchronization

/// The way of FFmpeg's messages: kept off standard error, handed to a callback, and remembered as the cause of errors.
///
/// FFmpeg has one log for the whole process, so this is the one place with process-wide state.
public enum MediaLog {
  /// How much a message matters.
  public enum Level: Int32, Sendable, Comparable {
    case error = 16
    case warning = 24
    case info = 32
    case debug = 48

    public static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
  }

  /// Receives a line without its newline; called from any thread, so it must be quick.
  public typealias Handler = @Sendable (Level, String) -> Void

  private struct State {
    var handler: Handler?
    var level = Level.warning
    /// Addresses of demuxers that have said that their file ends in the middle of an element.
    var cutInputs: Set<UInt> = []
    /// The last error of each thread that listens for a cause.
    var causes: [UInt: String] = [:]
  }

  private static let state = Mutex(State())

  /// Sends messages of at least `level` to `handler` from now on; nil drops them.
  public static func route(level: Level = .warning, to handler: Handler?) {
    install
    state.withLock {
      $0.handler = handler
      $0.level = level
    }
  }

  /// Whether the demuxer at this address has said since the last call that its file ends in the middle of an element;
  /// Matroska's says it nowhere else.
  static func takeCut(_ input: UnsafeRawPointer) -> Bool {
    state.withLock { $0.cutInputs.remove(UInt(bitPattern: input)) != nil }
  }

  /// Runs `body` and returns with its result the last error that FFmpeg logged meanwhile on this thread.
  static func listening<Value>(_ body: () -> Value) -> (value: Value, cause: String?) {
    install
    let thread = UInt(pthread_self())
    state.withLock { $0.causes[thread] = "" }
    let value = body()
    let cause = state.withLock { $0.causes.removeValue(forKey: thread) }
    return (value, cause.flatMap { $0.isEmpty ? nil : $0 })
  }

  /// Installs the callback once; every way into FFmpeg passes here first.
  static let install: Void = {
    av_log_set_callback { context, level, format, arguments in
      guard level <= MediaLog.Level.info.rawValue, let format, let arguments else { return }
      var line = [CChar](repeating: 0, count: 1024)
      cff_log_line(context, level, format, arguments, &line, Int32(line.count))
      let bytes = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      MediaLog.receive(context, level: level, line: String(decoding: bytes, as: UTF8.self))
    }
  }()

  private static func receive(_ context: UnsafeRawPointer?, level number: Int32, line: String) {
    let text = line.trimmingCharacters(in: .whitespacesAndNewlines)
    let level = number <= Level.error.rawValue ? Level.error : number <= Level.warning.rawValue ? .warning : .info
    let handler = state.withLock { state -> Handler? in
      if text.contains("ended prematurely") { state.cutInputs.insert(UInt(bitPattern: context)) }
      let thread = UInt(pthread_self())
      if level == .error, state.causes[thread] != nil { state.causes[thread] = withoutPrefix(text) }
      return level <= state.level ? state.handler : nil
    }
    handler?(level, text)
  }

  /// The message without FFmpeg's "[mov,mp4 @ 0x55…] ".
  private static func withoutPrefix(_ text: String) -> String {
    guard text.hasPrefix("["), let end = text.range(of: "] ") else { return text }
    return withoutPrefix(String(text[end.upperBound...]))
  }
}
