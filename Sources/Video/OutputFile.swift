// Writing bytes to a file with errors that say what happened.
import Foundation

/// A POSIX file being written.
///
/// Used by one thread at a time.
final class OutputFile {
  let path: String
  private let descriptor: Int32
  private let ownsDescriptor: Bool

  /// Creates the file, or empties it.
  ///
  /// - Throws: `VideoError.cannotWrite`.
  init(creating path: String) throws(VideoError) {
    self.path = path
    // A pipe opened for reading too would never lose its reader.
    var about = stat()
    let isSpecial = stat(path, &about) == 0 && about.st_mode & S_IFMT != S_IFREG
    descriptor = open(path, isSpecial ? O_WRONLY | O_CLOEXEC : O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    ownsDescriptor = true
    if descriptor < 0 { throw Self.error(path, errno) }
  }

  /// Writes to a descriptor that somebody else closes: standard output.
  init(descriptor: Int32, name: String) {
    path = name
    self.descriptor = descriptor
    ownsDescriptor = false
  }

  deinit { if ownsDescriptor { close(descriptor) } }

  /// Writes all bytes, or returns the error number.
  ///
  /// A pipe whose reader went away gives `EPIPE`, never the signal.
  func write(_ bytes: UnsafeRawBufferPointer) -> Int32 {
    var rest = bytes
    while !rest.isEmpty {
      let written = WriteSignals.silenced { Foundation.write(descriptor, rest.baseAddress, rest.count) }
      if written < 0 {
        if errno == EINTR || errno == EAGAIN && Self.wait(descriptor) { continue }
        return errno
      }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
    }
    return 0
  }

  /// Moves to a byte from the start, `SEEK_SET`, the end, `SEEK_END`, or here, `SEEK_CUR`; negative on pipes.
  func seek(_ offset: Int64, _ whence: Int32) -> Int64 { Int64(lseek(descriptor, off_t(offset), whence)) }

  var size: Int64 {
    var about = stat()
    return fstat(descriptor, &about) == 0 ? Int64(about.st_size) : -1
  }

  var isSeekable: Bool {
    var about = stat()
    return fstat(descriptor, &about) == 0 && about.st_mode & S_IFMT == S_IFREG
  }

  /// Deletes the file, unless it is a device or a pipe.
  func removeIfRegular() {
    if isSeekable { unlink(path) }
  }

  /// Waits until the bytes are on the disk; returns the error number. Pipes and terminals have nothing to wait for.
  func synchronize() -> Int32 {
    fdatasync(descriptor) == 0 || errno == EINVAL || errno == EROFS ? 0 : errno
  }

  /// What an error number of writing means to the user.
  static func error(_ path: String, _ number: Int32) -> VideoError {
    switch number {
    case ENOSPC, EDQUOT: .diskFull(path)
    case EPIPE: .brokenPipe(path)
    default: .cannotWrite(path, cause: String(cString: strerror(number)))
    }
  }

  /// Waits for a non-blocking descriptor, as a terminal may be one.
  private static func wait(_ descriptor: Int32) -> Bool {
    var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&poller, 1, -1) > 0
  }
}

/// Keeps what the system tells by a signal an error of one write: a broken pipe, a file that may not grow.
enum WriteSignals {
  /// Runs `body` with SIGPIPE and SIGXFSZ held back on this thread, and drops the one that `body` raised.
  static func silenced(_ body: () -> Int) -> Int {
    var signals = sigset_t()
    var before = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    sigaddset(&signals, SIGXFSZ)
    pthread_sigmask(SIG_BLOCK, &signals, &before)
    let result = body()
    let number = errno
    if result < 0, number == EPIPE || number == EFBIG {
      var now = timespec()
      _ = sigtimedwait(&signals, nil, &now)
    }
    pthread_sigmask(SIG_SETMASK, &before, nil)
    errno = number
    return result
  }
}
