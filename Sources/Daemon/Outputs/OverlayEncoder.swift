// Painted frames into packets, once for all outputs of a stream.
import Frames
import Pipeline
import Settings
import Video

/// A painted frame on its way to the encoder.
struct PaintedFrame: Sendable {
  let frame: Frame
  let programme: Programme
}

/// Encodes a stream's overlays and hands each packet to every output.
///
/// Sizes and layouts that change end the encoder; the packets after that belong to another programme.
final class OverlayEncoder: Stage {
  private let settings: EncoderSettings
  private let target: OutputTarget
  private let deliver: (OutputPacket) -> Void
  private let tell: @Sendable (String) -> Void
  private var encoder: Encoder?
  private var shape: Shape?
  private var programme: Programme?
  /// After a failure the encoder is tried again from here on.
  private var retryAt = ContinuousClock.now
  /// When the frames came in that the encoder still holds, by time.
  private var arrivals: [Int64: ContinuousClock.Instant] = [:]

  private struct Shape: Equatable {
    var width, height: Int
    var format: PixelFormat
    var color: ColorDescription
    var rotation: Rotation
  }

  /// - Parameters:
  ///   - deliver: called on the stage's queue; must not wait.
  ///   - tell: receives what the user should know.
  ///   - target: from `target(for:)`.
  init(
    _ settings: EncoderSettings, _ target: OutputTarget, tell: @escaping @Sendable (String) -> Void,
    deliver: @escaping (OutputPacket) -> Void
  ) {
    (self.settings, self.target, self.deliver, self.tell) = (settings, target, deliver, tell)
  }

  /// What the encoder writes for; like Matroska, all live outputs take headers apart from packets, and none can turn
  /// pictures.
  ///
  /// - Throws: `VideoError.unknownEncoder` for settings that name none.
  static func target(for settings: EncoderSettings) throws(VideoError) -> OutputTarget {
    let target = try OutputTarget("overlay.mkv")
    _ = try Encoder(target, options(settings, frameRate: Rational(30, 1)))
    return target
  }

  /// An encoder that refuses a picture costs its frames, and nothing else: the stream and its viewers go on.
  func process(_ painted: PaintedFrame, into outlet: Outlet<Never>) {
    guard ContinuousClock.now >= retryAt else { return }
    do { try encode(painted) } catch { fail(error) }
  }

  func finish(into outlet: Outlet<Never>) {
    do { try end() } catch { tell("\(error)") }
  }

  private func fail(_ error: any Error) {
    tell("\(error)")
    (encoder, shape, programme) = (nil, nil, nil)
    retryAt = .now + .seconds(5)
  }

  private func encode(_ painted: PaintedFrame) throws {
    let frame = painted.frame
    let shape = Shape(
      width: frame.width, height: frame.height, format: frame.format, color: frame.color, rotation: frame.rotation)
    if shape != self.shape || painted.programme !== programme { try begin(shape, painted.programme) }
    guard let encoder else { return }
    if arrivals.count > 256 { arrivals.removeAll(keepingCapacity: true) }
    if let pts = frame.pts { arrivals[pts] = frame.arrival }
    try encoder.send(frame)
    try drain(encoder, painted.programme)
  }

  private func begin(_ shape: Shape, _ programme: Programme) throws {
    try end()
    var options = Self.options(settings, frameRate: programme.frameRate)
    options.diagnostics = tell
    encoder = try Encoder(target, options)
    (self.shape, self.programme) = (shape, programme)
    arrivals = [:]
  }

  private static func options(_ settings: EncoderSettings, frameRate: Rational) -> SinkOptions {
    var options = SinkOptions()
    (options.codec, options.preset, options.crf) = (settings.codec, settings.preset, settings.crf)
    (options.isLive, options.frameRate) = (true, frameRate)
    options.keyInterval = settings.keyframes.seconds
    return options
  }

  private func end() throws {
    guard let encoder, let programme else { return }
    encoder.finish()
    try drain(encoder, programme)
    self.encoder = nil
  }

  private func drain(_ encoder: Encoder, _ programme: Programme) throws {
    while let packet = try encoder.receive() {
      let arrival = packet.pts.flatMap { arrivals.removeValue(forKey: $0) } ?? .now
      deliver(OutputPacket(packet: packet, arrival: arrival, programme: programme))
    }
  }
}
