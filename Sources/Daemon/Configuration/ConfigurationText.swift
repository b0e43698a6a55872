// Small text files from anywhere, read without trusting them.
import Foundation

/// Reads files of settings and secrets.
enum ConfigurationText {
  /// The text of a file.
  ///
  /// - Parameter limit: bytes that it may have; what is longer, or never ends, is refused.
  /// - Throws: `Unreadable`.
  static func read(_ path: String, limit: Int) throws(Unreadable) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Unreadable(reason: "cannot be read: \(String(cString: strerror(errno)))") }
    defer { close(descriptor) }
    var (bytes, block) = ([UInt8](), [UInt8](repeating: 0, count: 65_536))
    while true {
      let count = Glibc.read(descriptor, &block, block.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Unreadable(reason: "cannot be read: \(String(cString: strerror(errno)))") }
      if count == 0 { break }
      bytes += block[..<count]
      guard bytes.count <= limit else { throw Unreadable(reason: "is longer than \(limit >> 10) KiB") }
    }
    if bytes.starts(with: byteOrderMark) { bytes.removeFirst(byteOrderMark.count) }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw Unreadable(reason: "is not UTF-8 text") }
    return text
  }

  /// Why a file is of no use, to follow its name in a sentence.
  struct Unreadable: Error { let reason: String }

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
}
