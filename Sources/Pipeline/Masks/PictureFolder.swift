// A folder that gets a picture per frame.
import Foundation
import Frames

/// Names the pictures that are made of a source's frames, in a folder of their own.
struct PictureFolder {
  private let path: String
  private let names: PictureNames
  private let overwrites: Bool

  /// Makes the folder.
  ///
  /// - Parameter images: the source's image files by frame number; empty for a video.
  /// - Throws: `PipelineError.cannotWrite`.
  init(_ path: String, images: [String], overwrites: Bool) throws(PipelineError) {
    (self.path, self.overwrites) = (path, overwrites)
    names = PictureNames(images: images)
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw .cannotWrite(path, cause: "the folder cannot be made")
    }
  }

  /// Where the picture of a frame goes.
  ///
  /// - Throws: `PipelineError.exists` when there is one already that must stay.
  func path(for frame: Frame) throws(PipelineError) -> String {
    let file = path + "/" + names[frame.index]
    if !overwrites, access(file, F_OK) == 0 { throw .exists(file) }
    return file
  }
}
