// What the program tells the shell.

/// The exit statuses of the contract.
enum ExitStatus {
  static let done: Int32 = 0
  static let failed: Int32 = 1
  static let usage: Int32 = 2

  /// By a signal that the program took and finished its output after: 130 for SIGINT, 143 for SIGTERM.
  static func interrupted(by signal: Int32) -> Int32 { 128 + signal }
}

/// A command that a signal ended early, its output finished; says nothing more.
struct Interruption: Error {
  let signal: Int32

  var status: Int32 { ExitStatus.interrupted(by: signal) }
}

/// What a command itself finds wrong; the libraries' errors pass through as they are.
enum CommandError: Error, CustomStringConvertible {
  /// A file is there already and may not be replaced.
  case exists(path: String)
  /// Something cannot be read or used, with the reason.
  case unusable(what: String, why: String)
  /// Standard output could not be written, with errno's text.
  case standardOutput(reason: String)

  var description: String {
    switch self {
    case .exists(let path): "\(path) exists; use --overwrite to replace it"
    case .unusable(let what, let why): "\(what): \(why)"
    case .standardOutput(let reason): "cannot write to standard output: \(reason)"
    }
  }
}
