// A decoded picture with its time.

/// A picture: planes, what their numbers mean, and where it belongs in time.
///
/// The memory belongs to `owner`: a decoder's reference-counted buffer, a pool's block, or the frame's own. Only the stage
/// that holds a frame made by `init(width:height:format:)` or a `FramePool` writes to it, before it passes it on; a decoded
/// frame is never written, since the decoder may still predict from it.
public final class Frame: @unchecked Sendable {  // written by one stage at a time, see above
  public let format: PixelFormat
  /// Stored size in pixels.
  public let width, height: Int
  public let planes: [Plane]

  /// Position in the source's order of presentation, from 0.
  public var index = 0
  /// Presentation time in ticks of `timeBase`, or nil where the source does not say.
  public var pts: Int64?
  /// How long the frame is shown, in ticks; 0 unknown.
  public var duration: Int64 = 0
  public var timeBase = Rational(1, 1)
  public var color = ColorDescription.unspecified
  /// Width to height of one pixel; 0/1 unknown.
  public var sampleAspectRatio = Rational(0, 1)
  public var rotation = Rotation.upright
  /// When the frame entered the graph, on the monotonic clock.
  public var arrival = ContinuousClock.now

  /// When it came out of the decoder, on the same clock.
  public var decoded = ContinuousClock.now

  /// Keeps the planes' memory alive, and gives it back when the frame goes.
  private let owner: AnyObject

  /// A frame over memory that somebody else owns.
  public init(format: PixelFormat, width: Int, height: Int, planes: [Plane], owner: AnyObject) {
    precondition(planes.count == format.planeCount, "\(format) has \(format.planeCount) planes, not \(planes.count)")
    self.format = format
    self.width = width
    self.height = height
    self.planes = planes
    self.owner = owner
  }

  /// A zeroed frame with memory of its own.
  public convenience init(width: Int, height: Int, format: PixelFormat) {
    let layout = FrameLayout(width: width, height: height, format: format)
    let memory = AlignedMemory(byteCount: layout.byteCount)
    self.init(format: format, width: width, height: height, planes: layout.planes(at: memory.base), owner: memory)
  }

  /// Seconds from the time base's zero, where the time is known.
  public var seconds: Double? { pts.map { Double($0) * timeBase.value } }

  /// The size on screen in stored pixels, after rotation (the pixel aspect ratio is not applied).
  public var displaySize: (width: Int, height: Int) { rotation.displaySize(width: width, height: height) }

  /// Takes over everything but the picture itself: time, index, colour, aspect, rotation, arrival.
  public func copyProperties(from other: Frame) {
    index = other.index
    pts = other.pts
    duration = other.duration
    timeBase = other.timeBase
    color = other.color
    sampleAspectRatio = other.sampleAspectRatio
    rotation = other.rotation
    arrival = other.arrival
    decoded = other.decoded
  }
}
