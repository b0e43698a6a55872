// Decoded pictures as frames: in place where the layout fits, converted to the nearest layout where it does not.
import CFFmpeg
import Frames

/// Turns a decoder's pictures into frames, keeping conversion context and memory between them.
///
/// Used by one stage at a time.
final class FrameMaker {
  private let resampler = Resampler()
  private var pool: FramePool?

  /// A frame with the picture's samples and colour description; time, index and stream properties are the caller's.
  ///
  /// - Throws: `VideoError.badPicture` when the layout cannot be converted.
  func frame(from picture: DecodedPicture) throws(VideoError) -> Frame {
    let frame: Frame
    if let inPlace = picture.frameWithoutCopy() { frame = inPlace } else { frame = try convert(picture) }
    frame.color = picture.color
    if picture.format.isGray { frame.color.matrix = frame.color.matrix == 0 ? 2 : frame.color.matrix }
    if !frame.format.isYUV {
      frame.color.matrix = 0
      frame.color.range = .full
    }
    frame.duration = cff_frame_duration(picture.raw)
    let aspect = picture.raw.pointee.sample_aspect_ratio
    frame.sampleAspectRatio = Rational(aspect.num, aspect.den)
    frame.rotation = picture.rotation ?? .upright
    return frame
  }

  /// - Complexity: O(pixels); no allocation of picture memory while size and format stay.
  private func convert(_ picture: DecodedPicture) throws(VideoError) -> Frame {
    guard let format = PixelFormat(nearestTo: picture.format) else {
      throw .badPicture("picture", cause: "no way to read pixel format \(picture.format.name)")
    }
    let frame = freshFrame(width: picture.width, height: picture.height, format: format)
    if picture.format == AV_PIX_FMT_PAL8 {
      Self.lookUp(picture, into: frame)
      return frame
    }
    // Same matrix and range on both sides: only the packing changes.
    let matrix = Int32(picture.raw.pointee.colorspace.rawValue)
    let isFull = picture.isFull || !format.isYUV
    let from = PictureShape(
      width: picture.width, height: picture.height, format: picture.format, matrix: matrix, isFull: isFull)
    let to = PictureShape(
      width: picture.width, height: picture.height, format: format.ffmpeg, matrix: matrix, isFull: isFull)
    try resampler.run(from: PlaneTable(picture.raw), from, to: PlaneTable(frame), to)
    return frame
  }

  /// Replaces palette indices by their colours; swscale would pass them through YUV and round.
  private static func lookUp(_ picture: DecodedPicture, into frame: Frame) {
    guard let indices = picture.raw.pointee.data.0, let table = picture.raw.pointee.data.1 else { return }
    let stride = Int(picture.raw.pointee.linesize.0)
    let planes = frame.planes
    table.withMemoryRebound(to: UInt32.self, capacity: 256) { colors in
      for y in 0..<frame.height {
        let row = indices + y * stride
        let (green, blue, red) = (planes[0].row(y), planes[1].row(y), planes[2].row(y))
        for x in 0..<frame.width {
          let color = colors[Int(row[x])]
          (red[x], green[x], blue[x]) = (UInt8(color >> 16 & 255), UInt8(color >> 8 & 255), UInt8(color & 255))
        }
      }
    }
  }

  private func freshFrame(width: Int, height: Int, format: PixelFormat) -> Frame {
    if let pool, pool.layout.width == width, pool.layout.height == height, pool.layout.format == format {
      return pool.makeFrame()
    }
    let made = FramePool(width: width, height: height, format: format)
    pool = made
    return made.makeFrame()
  }
}
