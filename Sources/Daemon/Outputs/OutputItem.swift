// What goes to a stream's outputs.
import Frames
import Pipeline
import Settings
import UNet
import Video

/// A packet on its way to an output.
struct OutputPacket: Sendable {
  let packet: Packet
  /// When the frame came in that it shows; for other streams, the packet.
  let arrival: ContinuousClock.Instant
  /// Which of the stream's programmes it belongs to: another one has another video size or other sound.
  let programme: Programme
}

/// A frame's labels on their way to an output, without the picture.
struct OutputLabels: Sendable {
  /// As the network gave them.
  let labels: PooledLabels
  /// Of the frame as it is displayed.
  let size: PictureExtent
  /// Width to height of one of its pixels.
  let aspect: Rational
  let classes: [PixelClass]
  let arrival: ContinuousClock.Instant
  /// In `OutputClock`'s time base.
  let ticks, duration: Int64
  let frameRate: Rational

  init(_ segmented: SegmentedFrame, _ classes: [PixelClass], at ticks: Int64, frameRate: Rational) {
    let frame = segmented.frame
    (labels, self.classes, arrival) = (segmented.labels, classes, frame.arrival)
    size = PictureExtent(width: frame.displaySize.width, height: frame.displaySize.height)
    (aspect, self.frameRate) = (frame.uprightAspect, frameRate)
    (self.ticks, duration) = (ticks, OutputClock.duration(frame.duration, in: frame.timeBase))
  }
}

extension Palette {
  /// The colours of a model's classes.
  init(of classes: [PixelClass]) { self.init(classes.map { RGB($0.color.red, $0.color.green, $0.color.blue) }) }
}

/// What an output's container holds; outputs begin anew when it changes.
final class Programme: Sendable {
  /// The source's other streams.
  let others: [StreamParameters]
  let frameRate: Rational

  init(others: [StreamParameters], frameRate: Rational) { (self.others, self.frameRate) = (others, frameRate) }

  /// Whether a source with these streams can go on in it.
  func fits(_ others: [StreamParameters], at frameRate: Rational) -> Bool {
    self.frameRate == frameRate && self.others.elementsEqual(others) { $0.isLike($1) }
  }
}
