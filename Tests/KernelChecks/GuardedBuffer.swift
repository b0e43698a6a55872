// Memory that ends at an unreadable page.
import Glibc

/// A block whose end is flush against a page that faults on any access, and whose begin follows one.
final class GuardedBuffer {
  /// What the block holds at first: a write where none should be changes it.
  static let canary: UInt8 = 0xA5

  let base: UnsafeMutableRawPointer
  let byteCount: Int
  private let mapping: UnsafeMutableRawPointer
  private let mappingSize: Int

  /// - Parameters:
  ///   - byteCount: bytes of the block.
  ///   - alignment: of the base; the block then ends up to `alignment − 1` bytes before the page.
  init(byteCount: Int, alignment: Int = 1) {
    let page = Int(getpagesize())
    let padded = (byteCount + alignment - 1) / alignment * alignment
    let body = (padded + page - 1) / page * page
    mappingSize = body + 2 * page
    guard let mapping = mmap(nil, mappingSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      mapping != MAP_FAILED
    else { preconditionFailure("no memory for a block of \(byteCount) bytes") }
    self.mapping = mapping
    self.byteCount = byteCount
    mprotect(mapping, page, PROT_NONE)
    mprotect(mapping + page + body, page, PROT_NONE)
    base = mapping + page + body - padded
    memset(mapping + page, Int32(Self.canary), body)
  }

  deinit { munmap(mapping, mappingSize) }

  var bytes: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(start: base, count: byteCount) }

  /// The first offset at which two blocks of one size differ.
  func firstDifference(from other: GuardedBuffer) -> Int? {
    if memcmp(base, other.base, byteCount) == 0 { return nil }
    return zip(bytes, other.bytes).enumerated().first { $1.0 != $1.1 }?.offset
  }
}
