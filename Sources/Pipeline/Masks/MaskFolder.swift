// Masks as pictures.
import Foundation
import Frames
import Video

/// Writes each mask as a PNG of class indices into a folder, named by frame number or after the source's image.
final class MaskFolder: MaskSink {
  private let folder: String
  private let palette: Palette
  private let names: PictureNames
  private let overwrites: Bool
  private let writer = ImageWriter()

  /// Makes the folder.
  ///
  /// - Parameter images: the source's image files by frame number; empty for a video.
  /// - Throws: `PipelineError.cannotWrite`.
  init(_ folder: String, palette: Palette, images: [String], overwrites: Bool) throws(PipelineError) {
    (self.folder, self.palette, self.overwrites) = (folder, palette, overwrites)
    names = PictureNames(images: images)
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw .cannotWrite(folder, cause: "the folder cannot be made")
    }
  }

  func write(_ mask: PooledLabels, of frame: Frame) throws {
    let path = folder + "/" + names[frame.index]
    if !overwrites, access(path, F_OK) == 0 { throw PipelineError.exists(path) }
    try writer.writePNG(mask.map, palette: palette, to: path)
  }
}
