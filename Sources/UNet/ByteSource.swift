// Where the bytes of a model file come from.
import Glibc

/// Bytes that are read when they are asked for.
protocol ByteSource: Sendable {
  var count: Int { get }
  /// The bytes of `range`, which lies within `0..<count`.
  func bytes(_ range: Range<Int>) throws(Safetensors.Flaw) -> [UInt8]
}

extension [UInt8]: ByteSource {
  func bytes(_ range: Range<Int>) -> [UInt8] { Array(self[range]) }
}

/// An open regular file.
///
/// Not mapped: a mapped file that shrinks while it is in use would end the program.
final class StoredFile: ByteSource {
  let count: Int
  private let file: Int32

  /// - Throws: `ModelError.unreadable`, or `.notAModel` for a folder, a device or a file of more than `limit` bytes.
  init(_ path: String, limit: Int) throws(ModelError) {
    // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw .unreadable(path: path, errno: errno) }
    do throws(ModelError) { count = try Self.size(of: file, path: path, limit: limit) } catch {
      close(file)
      throw error
    }
    self.file = file
  }

  deinit { close(file) }

  private static func size(of file: Int32, path: String, limit: Int) throws(ModelError) -> Int {
    var status = stat()
    guard fstat(file, &status) == 0 else { throw .unreadable(path: path, errno: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAModel(path: path, reason: "it is no regular file") }
    guard status.st_size <= limit else { throw .notAModel(path: path, reason: "it has \(status.st_size) bytes") }
    return Int(status.st_size)
  }

  func bytes(_ range: Range<Int>) throws(Safetensors.Flaw) -> [UInt8] {
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, filled in
      while filled < range.count {
        let done = pread(file, buffer.baseAddress! + filled, range.count - filled, off_t(range.lowerBound + filled))
        if done < 0 && errno == EINTR { continue }
        if done < 0 { failure = errno }
        if done <= 0 { break }
        filled += done
      }
    }
    guard failure == 0 else { throw .unreadable(errno: failure) }
    guard bytes.count == range.count else { throw .damaged("it became shorter while it was read") }
    return bytes
  }
}
