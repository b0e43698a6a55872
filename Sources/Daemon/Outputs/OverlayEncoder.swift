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
  /// - Throws: `VideoError.unknownContainer`.
  init(
    _ settings: EncoderSettings, tell: @escaping @Sendable (String) -> Void, deliver: @escaping (OutputPacket) -> Void
  ) throws(VideoError) {
    (self.settings, self.deliver, self.tell) = (settings, deliver, tell)
    // Like Matroska, all live outputs take headers apart from packets, and none can turn pictures.
    target = try OutputTarget("overlay.mkv")
  }

  func process(_ painted: PaintedFrame, into outlet: Outlet<Never>) throws {
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

  func finish(into outlet: Outlet<Never>) throws { try end() }

  private func begin(_ shape: Shape, _ programme: Programme) throws {
    try end()
    var options = SinkOptions()
    (options.codec, options.preset, options.crf) = (settings.codec, settings.preset, settings.crf)
    options.isLive = true
    options.frameRate = programme.frameRate
    options.encoderOptions = [
      "g": "\(max(1, Int((settings.keyframes.seconds * programme.frameRate.value).rounded())))"
    ]
    options.diagnostics = tell
    encoder = try Encoder(target, options)
    (self.shape, self.programme) = (shape, programme)
    arrivals = [:]
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
