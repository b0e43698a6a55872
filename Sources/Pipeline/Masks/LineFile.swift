// A text file that is written line by line.
import Foundation

/// Lines to a file or to standard output, each one written at once, so that a reader may follow.
public final class LineFile: Sendable {
  private let name: String
  private let descriptor: Int32

  /// What becomes of a file that exists.
  public enum Existing: Sendable { case refuse, overwrite, append }

  convenience init(_ path: String, overwrites: Bool) throws(PipelineError) {
    try self.init(path, existing: overwrites ? .overwrite : .refuse)
  }

  /// - Parameter path: `-` is standard output.
  /// - Throws: `PipelineError.cannotWrite`, `.exists`.
  public init(_ path: String, existing: Existing) throws(PipelineError) {
    guard path != "-" else {
      (name, descriptor) = ("standard output", STDOUT_FILENO)
      return
    }
    name = path
    let mode = existing == .append ? O_APPEND : existing == .overwrite ? O_TRUNC : O_EXCL
    // Who appends goes on for weeks: a named pipe without a reader is an error then, not a wait.
    let wait = existing == .append ? O_NONBLOCK : 0
    let isTorn = existing == .append && Self.endsWithinALine(path)
    descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | wait | mode, 0o644)
    if descriptor < 0, errno == EEXIST { throw .exists(path) }
    if descriptor < 0 { throw .cannotWrite(path, cause: String(cString: strerror(errno))) }
    // What a kill left of a line must not take the next one with it.
    if isTorn { try write("\n") }
  }

  /// Whether a file has something behind its last line end.
  private static func endsWithinALine(_ path: String) -> Bool {
    var about = stat()
    guard stat(path, &about) == 0, about.st_mode & S_IFMT == S_IFREG, about.st_size > 0 else { return false }
    let file = open(path, O_RDONLY | O_CLOEXEC)
    defer { close(file) }
    var last: UInt8 = 0
    return pread(file, &last, 1, about.st_size - 1) == 1 && last != UInt8(ascii: "\n")
  }

  deinit { if descriptor > STDERR_FILENO { close(descriptor) } }

  /// - Throws: `PipelineError.cannotWrite`.
  public func write(_ line: String) throws(PipelineError) {
    var failure: Int32 = 0
    var line = line
    line.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        if count < 0, errno == EAGAIN, isWritable() { continue }
        guard count >= 0 else {
          failure = errno
          takeBack(bytes.count - rest.count)
          return
        }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
      }
    }
    if failure != 0 { throw .cannotWrite(name, cause: String(cString: strerror(failure))) }
  }

  /// Takes the begin of a line that found no more room out of the file, so that the next one does not join it.
  private func takeBack(_ count: Int) {
    var about = stat()
    guard count > 0, fstat(descriptor, &about) == 0, about.st_mode & S_IFMT == S_IFREG else { return }
    _ = ftruncate(descriptor, about.st_size - off_t(count))  // refused: the write's own error is told
  }

  /// Waits for a pipe's reader, for as long as one may stand still.
  private func isWritable() -> Bool {
    var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&poller, 1, Self.patience) > 0
  }

  /// Milliseconds.
  private static let patience: Int32 = 5000
}
