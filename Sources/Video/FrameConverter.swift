// Frames in another layout.
public import Frames

/// Converts frames to another layout of the same size; RGB becomes YUV in BT.709's matrix and limited range.
///
/// Used by one thread at a time; the memory of frames is used again.
public final class FrameConverter {
  private let resampler = Resampler()
  private var pool: FramePool?

  public init() {}

  /// - Throws: `VideoError.badPicture` when swscale cannot do it.
  public func convert(_ frame: Frame, to format: PixelFormat) throws(VideoError) -> Frame {
    if frame.format == format { return frame }
    let layout = FrameLayout(width: frame.width, height: frame.height, format: format)
    if pool?.layout != layout { pool = FramePool(width: frame.width, height: frame.height, format: format) }
    let result = pool?.makeFrame() ?? Frame(width: frame.width, height: frame.height, format: format)
    result.copyProperties(from: frame)
    if format.isYUV, !frame.format.isYUV {
      result.color = ColorDescription(matrix: 1, range: .limited, primaries: 1, transfer: 1)
    }
    try resampler.run(from: PlaneTable(frame), PictureShape(frame), to: PlaneTable(result), PictureShape(result))
    return result
  }
}
