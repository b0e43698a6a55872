// What goes to a stream's outputs.
import Frames
import Video

/// A packet on its way to an output.
struct OutputPacket: Sendable {
  let packet: Packet
  /// When the frame came in that it shows; for other streams, the packet.
  let arrival: ContinuousClock.Instant
  /// Which of the stream's programmes it belongs to: another one has another video size or other sound.
  let programme: Programme
}

/// What an output's container holds; outputs begin anew when it changes.
final class Programme: Sendable {
  /// The source's other streams.
  let others: [StreamParameters]
  let frameRate: Rational

  init(others: [StreamParameters], frameRate: Rational) { (self.others, self.frameRate) = (others, frameRate) }
}
