// Frames to the small upright RGB pictures that networks read.
import CFFmpeg
public import Frames

/// Scales frames of any format and size to upright RGB of one size, with the frame's own matrix and range.
///
/// Averages areas where it shrinks and interpolates linearly where it grows. An unspecified matrix is BT.601. Used by one
/// stage at a time; the context for the last shape of frame is kept, so a steady stream allocates nothing.
public final class Scaler: @unchecked Sendable {  // used by one stage at a time
  /// Size of the upright result in pixels.
  public let width, height: Int
  /// `rgb0` or `rgb24`.
  public let format: PixelFormat

  private let resampler = Resampler()
  private let shortcut: (any ScalerShortcut)?
  private let pool: FramePool
  /// Holds the small picture before it is turned; made for the first frame that needs it.
  private var unturned: Frame?

  /// - Parameter shortcut: is asked first, where `format` is `rgb0`; frames that it leaves go to swscale.
  /// - Precondition: width and height above 0; `format` is `rgb0` or `rgb24`.
  public init(width: Int, height: Int, format: PixelFormat = .rgb0, shortcut: (any ScalerShortcut)? = nil) {
    precondition(format == .rgb0 || format == .rgb24, "a scaler makes rgb0 or rgb24, not \(format)")
    (self.width, self.height, self.format) = (width, height, format)
    self.shortcut = format == .rgb0 ? shortcut : nil
    pool = FramePool(width: width, height: height, format: format)
  }

  /// The frame as an upright picture of this scaler's size from its pool, with the frame's time and index.
  ///
  /// - Throws: `VideoError.badPicture` when swscale cannot do it.
  public func scale(_ frame: Frame) throws(VideoError) -> Frame {
    let result = pool.makeFrame()
    try scale(frame, into: result)
    return result
  }

  /// Writes the frame as an upright picture into `result`: full-range R, G, B (and 0), u8 `[height, width, 3 or 4]`.
  ///
  /// - Precondition: `result` has this scaler's size and format.
  /// - Throws: `VideoError.badPicture` when swscale cannot do it.
  /// - Complexity: O(pixels of the frame); allocates nothing while the frames keep their shape.
  public func scale(_ frame: Frame, into result: Frame) throws(VideoError) {
    precondition(
      result.width == width && result.height == height && result.format == format,
      "the result is \(result.width)×\(result.height) \(result.format), not \(width)×\(height) \(format)")
    if frame.rotation.isUpright {
      try resample(frame, into: result)
    } else {
      let small = unturnedPicture(swapped: frame.rotation.swapsSides)
      try resample(frame, into: small)
      Self.turn(small, by: frame.rotation, into: result)
    }
    result.copyProperties(from: frame)
    result.rotation = .upright
    result.color = ColorDescription(
      matrix: 0, range: .full, primaries: frame.color.primaries, transfer: frame.color.transfer)
  }

  private func resample(_ frame: Frame, into small: Frame) throws(VideoError) {
    if let shortcut, shortcut.scale(frame, into: small) { return }
    let shape = PictureShape(width: small.width, height: small.height, format: format.ffmpeg, matrix: 2, isFull: true)
    try resampler.run(from: PlaneTable(frame), PictureShape(frame), to: PlaneTable(small), shape)
    if format == .rgb0 { Self.clearFourth(small) }
  }

  private func unturnedPicture(swapped: Bool) -> Frame {
    let size = swapped ? (height, width) : (width, height)
    if let unturned, unturned.width == size.0, unturned.height == size.1 { return unturned }
    let made = Frame(width: size.0, height: size.1, format: format)
    unturned = made
    return made
  }

  private static func turn(_ small: Frame, by rotation: Rotation, into result: Frame) {
    let bytes = small.format.bytesPerSample
    for y in 0..<result.height {
      let row = result.planes[0].row(y)
      for x in 0..<result.width {
        let place = rotation.storedPlace(x: x, y: y, width: small.width, height: small.height)
        let from = small.planes[0].row(place.y) + place.x * bytes
        for byte in 0..<bytes { row[x * bytes + byte] = from[byte] }
      }
    }
  }

  /// swscale fills the fourth byte with 255.
  private static func clearFourth(_ picture: Frame) {
    let mask = UInt32(littleEndian: 0x00FF_FFFF)
    for y in 0..<picture.height {
      let row = UnsafeMutableRawPointer(picture.planes[0].row(y)).assumingMemoryBound(to: UInt32.self)
      for x in 0..<picture.width { row[x] &= mask }
    }
  }
}
