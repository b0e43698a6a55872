// What the first bytes of a picture file say.
import Foundation

/// Kind and sample layout of a PNG or JPEG file, whatever its name ends with.
struct PictureHeader: Sendable, Hashable {
  enum Kind: Sendable { case png, jpeg, other }

  let kind: Kind
  /// Bits of a sample; 8 where the file does not say.
  private(set) var bitDepth = 8
  private(set) var hasColor = false
  private(set) var hasPalette = false
  private(set) var hasAlpha = false

  /// nil for a file that cannot be opened.
  init?(path: String) {
    guard let file = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? file.close() }  // it was only read
    self.init(bytes: (try? file.read(upToCount: 26)) ?? Data())
  }

  /// - Parameter bytes: the first 26 of a file, or all of a shorter one.
  /// - Source: PNG (ISO/IEC 15948) §11.2.1: depth and colour type of IHDR; JPEG (ITU-T T.81) §B.1.1.3.
  init(bytes: Data) {
    let bytes = Array(bytes)
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      kind = .jpeg
    } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]), bytes.count == 26 {
      kind = .png
      bitDepth = Int(bytes[24])
      (hasPalette, hasAlpha) = (bytes[25] == 3, bytes[25] & 4 != 0)
      hasColor = bytes[25] & 2 != 0 && !hasPalette
    } else {
      kind = .other
    }
  }
}
