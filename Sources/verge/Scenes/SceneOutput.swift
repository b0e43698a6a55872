// Where drawn frames and their labels go.
import Foundation
import Frames
import Scenes
import Video

/// One end of `verge scenes`.
protocol SceneOutput {
  /// Takes a frame and its labels, `SceneClass` raw values; `index` counts what is given out.
  func write(_ frame: Frame, _ labels: LabelMap, index: Int) throws
  /// Ends the output well.
  func finish() throws
  /// Ends the output at once, after an error.
  func abort()
}

/// Frames into a video; the labels are left.
struct SceneVideo: SceneOutput {
  private let sink: MediaSink

  init(_ output: String, options: SinkOptions) throws { sink = try MediaSink(output, options) }

  func write(_ frame: Frame, _ labels: LabelMap, index: Int) throws {
    // The video has times of its own: it begins at 0 and has no gaps, whatever part of the street it shows.
    frame.index = index
    frame.pts = Int64(index)
    try sink.write(frame)
  }

  func finish() throws { try sink.finish() }
  func abort() { sink.abort() }
}

/// Frames into `images/` and masks into `masks/`, or masks alone, as PNG files named by number.
struct SceneFolder: SceneOutput {
  private let images: String?
  private let masks: String
  private let classes: LabelSet
  private let imageWriter = ImageWriter()
  private let maskWriter = ImageWriter()

  /// - Parameter images: whether the frames are written too; without them the masks lie in the folder itself.
  /// - Throws: `CommandError.exists` for a folder with files in it that may not be replaced.
  init(_ folder: String, images hasImages: Bool, classes: LabelSet, overwrites: Bool) throws {
    self.classes = classes
    images = hasImages ? folder + "/images" : nil
    masks = hasImages ? folder + "/masks" : folder
    for path in [images, masks].compactMap({ $0 }) {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      let isEmpty = try FileManager.default.contentsOfDirectory(atPath: path).isEmpty
      if !isEmpty && !overwrites { throw CommandError.exists(path: path) }
    }
  }

  func write(_ frame: Frame, _ labels: LabelMap, index: Int) throws {
    let name = String(format: "/%06d.png", index)
    if let images { try imageWriter.writePNG(frame, to: images + name) }
    classes.map.apply(to: labels)
    try maskWriter.writePNG(labels, palette: classes.palette, to: masks + name)
  }

  func finish() {}
  func abort() {}
}
