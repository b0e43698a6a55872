// Confidence as pictures.
import Frames
import Video

/// Writes how sure the labels of each frame are as an 8-bit grey PNG, 255 = sure, named as the masks are.
final class ConfidenceFolder: MaskSink {
  private let folder: PictureFolder
  private let writer = ImageWriter()

  /// Makes the folder.
  ///
  /// - Parameter images: the source's image files by frame number; empty for a video.
  /// - Throws: `PipelineError.cannotWrite`.
  init(_ folder: String, images: [String], overwrites: Bool) throws(PipelineError) {
    self.folder = try PictureFolder(folder, images: images, overwrites: overwrites)
  }

  func write(_ mask: PooledLabels, of frame: Frame) throws {
    guard let confidence = mask.map.confidence else { return }
    let (width, height) = (mask.map.width, mask.map.height)
    let plane = Plane(data: confidence, stride: width, width: width, height: height)
    let picture = Frame(format: .gray8, width: width, height: height, planes: [plane], owner: mask)
    picture.color = ColorDescription(range: .full)
    try writer.writePNG(picture, to: folder.path(for: frame))
  }
}
