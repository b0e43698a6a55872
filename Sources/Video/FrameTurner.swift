// Turning whole frames upright, for outputs that cannot say how a picture is to be turned.
import Frames

/// Turns frames by their rotation. Used by one stage at a time.
final class FrameTurner {
  private let resampler = Resampler()
  private var pools: [FrameLayout: FramePool] = [:]

  /// The frame upright; itself when it is already.
  ///
  /// - Throws: `VideoError.badPicture` when a 4:2:2 frame, whose chroma cannot be turned, cannot be converted.
  /// - Complexity: O(samples); no allocation of picture memory while size and format stay.
  func upright(_ frame: Frame) throws(VideoError) -> Frame {
    if frame.rotation.isUpright { return frame }
    let source = frame.rotation.swapsSides ? try withSquareChroma(frame) : frame
    let size = frame.displaySize
    let result = fresh(size.width, size.height, source.format)
    for (from, to) in zip(source.planes, result.planes) {
      switch source.format.bytesPerSample {
      case 1: Self.turn(from, to, frame.rotation, UInt8.self)
      case 2: Self.turn(from, to, frame.rotation, UInt16.self)
      case 4: Self.turn(from, to, frame.rotation, UInt32.self)
      default: Self.turn(from, to, frame.rotation, Triple.self)
      }
    }
    result.copyProperties(from: frame)
    result.rotation = .upright
    if frame.rotation.swapsSides { result.sampleAspectRatio = frame.sampleAspectRatio.inverse }
    return result
  }

  private typealias Triple = (UInt8, UInt8, UInt8)

  private static func turn<Sample>(_ from: Plane, _ to: Plane, _ rotation: Rotation, _ type: Sample.Type) {
    for y in 0..<to.height {
      let row = UnsafeMutableRawPointer(to.row(y)).assumingMemoryBound(to: type)
      for x in 0..<to.width {
        let place = rotation.storedPlace(x: x, y: y, width: from.width, height: from.height)
        row[x] = UnsafeMutableRawPointer(from.row(place.y)).assumingMemoryBound(to: type)[place.x]
      }
    }
  }

  private func withSquareChroma(_ frame: Frame) throws(VideoError) -> Frame {
    guard frame.format.isYUV, frame.format.chromaShiftX != frame.format.chromaShiftY else { return frame }
    let result = fresh(frame.width, frame.height, frame.format.bitDepth > 8 ? .yuv444p10 : .yuv444p)
    result.copyProperties(from: frame)
    try resampler.run(from: PlaneTable(frame), PictureShape(frame), to: PlaneTable(result), PictureShape(result))
    return result
  }

  private func fresh(_ width: Int, _ height: Int, _ format: PixelFormat) -> Frame {
    let layout = FrameLayout(width: width, height: height, format: format)
    if let pool = pools[layout] { return pool.makeFrame() }
    let pool = FramePool(width: width, height: height, format: format)
    if pools.count > 4 { pools.removeAll() }
    pools[layout] = pool
    return pool.makeFrame()
  }
}
