// Masks as pictures.
import Foundation
import Frames
import Video

/// Writes each mask as a PNG of class indices into a folder, named by frame number or after the source's image.
final class MaskFolder: MaskSink {
  private let folder: String
  private let palette: Palette
  private let images: [String]
  private let overwrites: Bool
  private let writer = ImageWriter()

  /// Makes the folder.
  ///
  /// - Parameter images: the source's image files by frame number; empty for a video.
  /// - Throws: `PipelineError.cannotWrite`.
  init(_ folder: String, palette: Palette, images: [String], overwrites: Bool) throws(PipelineError) {
    (self.folder, self.palette, self.images, self.overwrites) = (folder, palette, images, overwrites)
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw .cannotWrite(folder, cause: "the folder cannot be made")
    }
  }

  func write(_ mask: PooledLabels, of frame: Frame) throws {
    let path = folder + "/" + name(frame.index)
    if !overwrites, access(path, F_OK) == 0 { throw PipelineError.exists(path) }
    try writer.writePNG(mask.map, palette: palette, to: path)
  }

  /// `000017.png`, or `street.png` for `street.jpg`.
  private func name(_ index: Int) -> String {
    if images.indices.contains(index) {
      return (images[index] as NSString).lastPathComponent.withoutSuffix + ".png"
    }
    let digits = String(index)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits + ".png"
  }
}

extension String {
  /// The file name up to its last dot.
  var withoutSuffix: String { (self as NSString).deletingPathExtension }
}
