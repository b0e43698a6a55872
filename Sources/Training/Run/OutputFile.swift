// Files written by the system's own calls, so that no reason for a failure is lost.
import Foundation

/// A system call that failed.
struct SystemFailure: Error, CustomStringConvertible {
  let code: Int32
  var description: String { String(cString: strerror(code)) }
}

/// A file open for writing; closed when it goes.
final class OutputFile {
  private let descriptor: Int32

  /// Empties the file if it is there.
  ///
  /// - Throws: `SystemFailure`.
  convenience init(_ path: String) throws(SystemFailure) { try self.init(path, flags: O_TRUNC) }

  /// - Throws: `SystemFailure`.
  convenience init(appendingTo path: String) throws(SystemFailure) { try self.init(path, flags: O_APPEND) }

  private init(_ path: String, flags: Int32) throws(SystemFailure) {
    descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0o644)
    guard descriptor >= 0 else { throw SystemFailure(code: errno) }
  }

  deinit { close(descriptor) }

  /// - Throws: `SystemFailure` for a full disk and the like.
  func write(_ bytes: UnsafeRawBufferPointer) throws(SystemFailure) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw SystemFailure(code: written == 0 ? ENOSPC : errno) }
      rest = rest.dropFirst(written)
    }
  }

  /// - Throws: `SystemFailure`.
  func write(_ bytes: [UInt8]) throws(SystemFailure) {
    let result = bytes.withUnsafeBytes { bytes in Result { () throws(SystemFailure) in try write(bytes) } }
    try result.get()
  }

  /// Waits until the disk has it all.
  ///
  /// - Throws: `SystemFailure`.
  func flush() throws(SystemFailure) {
    guard fsync(descriptor) == 0 else { throw SystemFailure(code: errno) }
  }
}
