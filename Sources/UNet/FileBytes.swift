// Whole files in and out of memory, with the system's reason when that fails.
import Foundation
import Glibc

package enum FileBytes {
  /// The bytes of a regular file of at most `limit` bytes.
  ///
  /// - Throws: `ModelError.unreadable`, or `.notAModel` for a folder, a device or a file beyond the limit.
  package static func read(_ path: String, limit: Int) throws(ModelError) -> [UInt8] {
    let file = try StoredFile(path, limit: limit)
    do throws(Safetensors.Flaw) { return try file.bytes(0..<file.count) } catch { throw ModelError(error, in: path) }
  }

  /// Replaces `path` by `bytes`: a reader sees the old file or the new one, and a failure leaves the old one. A device or a
  /// pipe is written to as it is.
  ///
  /// - Throws: `ModelError.unwritable`.
  package static func replace(_ path: String, with bytes: [UInt8]) throws(ModelError) {
    let isFile = isFile(path)
    let temporary = isFile ? "\(path).\(getpid()).part" : path
    do throws(SystemFailure) {
      try write(bytes, to: temporary)
      guard isFile else { return }
      guard rename(temporary, path) == 0 else { throw SystemFailure(errno) }
      syncFolder(of: path)
    } catch {
      if isFile { unlink(temporary) }
      throw .unwritable(path: path, errno: error.code)
    }
  }

  /// An `errno` on its way to a `ModelError`.
  private struct SystemFailure: Error {
    let code: Int32
    init(_ code: Int32) { self.code = code }
  }

  /// Whether a regular file is there, or nothing yet.
  private static func isFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
  }

  private static func write(_ bytes: [UInt8], to path: String) throws(SystemFailure) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw SystemFailure(errno) }
    var failure: Int32 = 0
    bytes.withUnsafeBytes { raw in
      var begin = 0
      while begin < raw.count {
        let done = Glibc.write(file, raw.baseAddress! + begin, raw.count - begin)
        if done < 0 && errno == EINTR { continue }
        guard done > 0 else { return failure = done < 0 ? errno : EIO }
        begin += done
      }
    }
    // What is no file cannot be synchronised, and says so with EINVAL.
    if failure == 0 && fsync(file) != 0 && errno != EINVAL { failure = errno }
    if close(file) != 0 && failure == 0 { failure = errno }
    guard failure == 0 else { throw SystemFailure(failure) }
  }

  /// Makes the rename itself durable; a file system that cannot is no reason to call the write failed.
  private static func syncFolder(of path: String) {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let handle = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard handle >= 0 else { return }
    fsync(handle)
    close(handle)
  }
}
