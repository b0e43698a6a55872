// What a source's video is, as far as its header tells.
public import Frames

/// The video stream of a source; frames may differ from it when the stream changes in the middle.
public struct VideoInfo: Sendable {
  /// Stored size in pixels; 0 where only the first frame will tell.
  public var width, height: Int
  /// FFmpeg's short names.
  public var codec, pixelFormat, container: String
  /// Seconds per tick of the frames' pts.
  public var timeBase: Rational
  /// Mean frames per second; 0/1 unknown.
  public var frameRate: Rational
  public var sampleAspectRatio: Rational
  public var rotation: Rotation
  public var color: ColorDescription
  /// pts of the first frame, as the container tells.
  public var startTime: Int64?
  /// Seconds of what will be read (after start and duration limits); nil unknown.
  public var duration: Double?
  /// Frames of what will be read, counted or estimated; nil unknown.
  public var frameCount: Int?
  /// Files of an image or image list by frame number; empty for video.
  public var imagePaths: [String] = []
  /// Seconds from the stream's zero where frames are wanted, from the options `start` and `duration`.
  public var wanted: Range<Double>?

  public init(
    width: Int, height: Int, codec: String, pixelFormat: String, container: String, timeBase: Rational,
    frameRate: Rational, sampleAspectRatio: Rational = Rational(0, 1), rotation: Rotation = .upright,
    color: ColorDescription = .unspecified, startTime: Int64? = nil, duration: Double? = nil, frameCount: Int? = nil
  ) {
    (self.width, self.height) = (width, height)
    (self.codec, self.pixelFormat, self.container) = (codec, pixelFormat, container)
    (self.timeBase, self.frameRate) = (timeBase, frameRate)
    (self.sampleAspectRatio, self.rotation, self.color) = (sampleAspectRatio, rotation, color)
    (self.startTime, self.duration, self.frameCount) = (startTime, duration, frameCount)
  }
}
