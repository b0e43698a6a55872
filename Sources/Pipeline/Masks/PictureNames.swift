// Names of pictures that belong to frames.
import Foundation

/// How the pictures made from a source's frames are called: `000017.png` for frame 17 of a video, `street.png` for the image
/// `street.jpg`. Where two images would give the same name, the frame's number sets them apart: `street-000003.png`.
struct PictureNames: Sendable {
  private let stems: [String]

  /// - Parameter images: the source's image files by frame number; empty for a video.
  init(images: [String]) {
    let stems = images.map { (($0 as NSString).lastPathComponent as NSString).deletingPathExtension }
    let counts = Dictionary(stems.map { ($0, 1) }, uniquingKeysWith: +)
    self.stems = stems.enumerated().map { index, stem in
      counts[stem] == 1 ? stem : "\(stem)-\(Self.number(index))"
    }
  }

  subscript(index: Int) -> String { (stems.indices.contains(index) ? stems[index] : Self.number(index)) + ".png" }

  private static func number(_ index: Int) -> String {
    let digits = String(index)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }
}
