// Names of pictures that belong to frames.
import Foundation

/// How a picture made from a frame is called.
enum PictureName {
  /// `000017.png` for frame 17 of a video, `street.png` for the source's image `street.jpg`.
  static func png(_ index: Int, after images: [String]) -> String {
    if images.indices.contains(index) {
      return ((images[index] as NSString).lastPathComponent as NSString).deletingPathExtension + ".png"
    }
    let digits = String(index)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits + ".png"
  }
}
