// Masks as a video.
import Frames
import Video

/// Writes the masks as a lossless grey video of class indices, with the frames' times.
final class MaskVideo: MaskSink {
  private let sink: MediaSink

  /// - Throws: what `MediaSink.init` throws.
  init(_ path: String, options: SinkOptions) throws(VideoError) {
    var options = options
    (options.codec, options.preset, options.crf, options.format) = ("ffv1", nil, nil, nil)
    sink = try MediaSink(path, options)
  }

  func write(_ mask: PooledLabels, of frame: Frame) throws {
    let picture = mask.picture
    let color = picture.color
    picture.copyProperties(from: frame)
    (picture.color, picture.rotation, picture.sampleAspectRatio) = (color, .upright, frame.uprightAspect)
    try sink.write(picture)
  }

  func finish() throws { try sink.finish() }
  func close() { sink.abort() }
}
