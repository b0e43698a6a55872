// Masks as a video.
import Frames
import Pipeline
import Settings
import Video

/// Encodes masks without loss into recordings, one after the other.
///
/// Every picture stands alone, so a recording is cut where its time is over. Another size begins the next one.
struct MaskRecording: OutputMasks {
  private let options: VideoOutputOptions
  private let meter: OutputMeter
  private var container: OutputContainer
  private var open: (encoder: Encoder, shape: Shape, programme: Programme)?

  private struct Shape: Equatable {
    var size: PictureExtent
    var aspect, frameRate: Rational
  }

  init(_ path: String, _ options: VideoOutputOptions, _ worker: OutputWorker<OutputLabels>) {
    (self.options, meter) = (options, worker.meter)
    container = OutputContainer(.recording(path), options, worker)
  }

  mutating func write(_ mask: PooledLabels, of item: OutputLabels) {
    let picture = mask.picture
    (picture.pts, picture.duration, picture.timeBase) = (item.ticks, item.duration, OutputClock.timeBase)
    picture.sampleAspectRatio = item.aspect
    do {
      let (encoder, programme) = try encoder(for: item)
      try encoder.send(picture)
      while let packet = try encoder.receive() {
        container.write(OutputPacket(packet: packet, arrival: item.arrival, programme: programme))
      }
    } catch {
      open = nil
      meter.dropped()
      meter.note("\(error)")
      options.tell("\(error)")
    }
  }

  mutating func end() { container.end() }

  private mutating func encoder(for item: OutputLabels) throws -> (Encoder, Programme) {
    let shape = Shape(size: item.size, aspect: item.aspect, frameRate: item.frameRate)
    if let open, open.shape == shape { return (open.encoder, open.programme) }
    var sink = SinkOptions()
    (sink.codec, sink.threads, sink.isLive, sink.frameRate) = ("ffv1", 1, true, item.frameRate)
    sink.diagnostics = options.tell
    let encoder = try Encoder(try OutputTarget("masks.mkv"), sink)
    let programme = Programme(others: [], frameRate: item.frameRate)
    open = (encoder, shape, programme)
    return (encoder, programme)
  }
}
