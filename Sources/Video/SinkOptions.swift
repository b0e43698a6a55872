// What a caller may say about an output.
public import Frames

/// How to encode and write an output.
public struct SinkOptions: Sendable {
  /// FFmpeg's name of the container; nil finds it by the output's suffix.
  public var format: String?
  /// FFmpeg's name of the encoder; nil takes the container's usual one, libx264 for video files.
  public var codec: String?
  /// The encoder's own speed preset; nil takes a fast one.
  public var preset: String?
  /// Constant quality on the encoder's own scale, lower is better; nil takes its usual value.
  public var crf: Double?
  /// Threads the encoder may use.
  public var threads = 2
  /// Seconds that a write may wait for the peer of a URL; nil waits for ever.
  public var timeout: Double?
  /// Frames come in real time: no look-ahead, no reordering, every packet is sent at once.
  public var isLive = false
  /// Whether an existing file may be replaced.
  public var overwrites = false
  /// The source, so that an output equal to it is refused.
  public var input: String?
  /// Mean frames per second, for key frame distance and rate control; times come from the frames.
  public var frameRate = Rational(25, 1)
  /// Seconds between key frames, for encoders that predict; viewers and seeking wait for one, and at a kill only
  /// fragments count.
  public var keyInterval = 2.0
  /// Seconds taken off every time, so that a part of a source begins where the source begins.
  public var timeOrigin = 0.0
  /// What the file says about itself, such as `creation_time` and `location`; the container keeps those it knows.
  public var tags: [String: String] = [:]
  /// Further options of FFmpeg's encoder.
  public var encoderOptions: [String: String] = [:]
  /// Further options of FFmpeg's muxer and protocol.
  public var muxerOptions: [String: String] = [:]
  /// Receives what the user should know but need not act on, one line each.
  public var diagnostics: (@Sendable (String) -> Void)?

  public init() {}

  /// Takes over what the source tells: frame rate, its name, the cut, its tags.
  public init(for source: any PacketSource) {
    if source.video.frameRate.isPositive { frameRate = source.video.frameRate }
    input = source.name
    tags = source.tags
    isLive = source.options.isLive
    timeOrigin = source.options.start ?? 0
    diagnostics = source.options.diagnostics
  }
}
