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
    let map = mask.map
    let plane = Plane(data: map.labels, stride: map.width, width: map.width, height: map.height)
    let picture = Frame(format: .gray8, width: map.width, height: map.height, planes: [plane], owner: mask)
    picture.copyProperties(from: frame)
    picture.rotation = .upright
    if frame.rotation.swapsSides { picture.sampleAspectRatio = frame.sampleAspectRatio.inverse }
    // Indices are no light: full range, and nothing more is said.
    picture.color = ColorDescription(range: .full)
    try sink.write(picture)
  }

  func finish() throws { try sink.finish() }
  func close() { sink.abort() }
}
