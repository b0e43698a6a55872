// Masks as pictures.
import Frames
import Video

/// Writes each mask as a PNG of class indices into a folder, named by frame number or after the source's image.
final class MaskFolder: MaskSink {
  private let folder: PictureFolder
  private let palette: Palette
  private let writer = ImageWriter()

  /// Makes the folder.
  ///
  /// - Parameter images: the source's image files by frame number; empty for a video.
  /// - Throws: `PipelineError.cannotWrite`.
  init(_ folder: String, palette: Palette, images: [String], overwrites: Bool) throws(PipelineError) {
    self.folder = try PictureFolder(folder, images: images, overwrites: overwrites)
    self.palette = palette
  }

  func write(_ mask: PooledLabels, of frame: Frame) throws {
    try writer.writePNG(mask.map, palette: palette, to: folder.path(for: frame))
  }
}
