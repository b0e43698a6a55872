// Where a stream's frames become overlays, and from where they go to outputs and viewers.
import Foundation
import Frames
import Pipeline
import Synchronization
import Tensors
import UNet
import Video

/// The lasting part of a stream: its outputs stay open while its source comes and goes.
///
/// Sessions hand it their frames, one session after the other. It is safe to use from any thread.
final class StreamHub: SessionReceiver {
  let viewers: Viewers
  let outputs: [any StreamOutput]
  private let segmenter: StreamSegmenter
  private let painter: OverlayPainter
  /// To the encoder; nil when no output takes video.
  private let painted: BoundedQueue<PaintedFrame>?
  private let graph = Graph()
  fileprivate let state: Mutex<State>

  /// What threads share.
  fileprivate struct State {
    var clock = OutputClock()
    var programme: Programme?
    var newest: Newest?
    var placeholders = 0
    /// Seconds from a source's time to the outputs', by stream, where that is not the pictures'.
    var offsets: [Int: Double] = [:]
  }

  /// The newest frame with everything that can be asked of it.
  struct Newest: Sendable {
    var segmented: SegmentedFrame
    /// nil while nobody wants overlays.
    var painted: Frame?
    var shares: [ClassShare]
  }

  /// - Parameter encoder: its settings, and what `OverlayEncoder.target` gives for them.
  init(
    name: String, _ segmenter: StreamSegmenter, _ painter: OverlayPainter, outputs: [any StreamOutput],
    encoder: (settings: EncoderSettings, target: OutputTarget), tell: @escaping @Sendable (String) -> Void
  ) {
    (self.segmenter, self.painter, self.outputs) = (segmenter, painter, outputs)
    viewers = Viewers(name: name, tell: tell)
    state = Mutex(State())
    guard outputs.contains(where: \.wantsVideo) else {
      painted = nil
      return
    }
    let queue = BoundedQueue<PaintedFrame>(capacity: 2)
    painted = queue
    let stage = OverlayEncoder(encoder.settings, encoder.target, tell: tell) { [outputs] packet in
      for output in outputs { output.offer(packet) }
    }
    graph.add("encode", stage, from: queue)
    graph.start()
  }

  /// What the newest frame is; nil before the first.
  var newest: Newest? { state.withLock { $0.newest } }
  var placeholders: Int { state.withLock { $0.placeholders } }
  var queues: [String: Int] { graph.queues }
  var stages: [StageReport] { graph.stages }
  var stageDurations: [(name: String, durations: DurationCounts)] { graph.stageDurations }

  /// The source was opened: what comes now may look and sound otherwise.
  func connect(_ video: VideoInfo, others: [StreamParameters]) {
    let rate = video.frameRate.isPositive ? video.frameRate : Rational(30, 1)
    state.withLock { state in
      state.clock.reconnect()
      state.offsets = [:]
      let goesOn = state.programme?.fits(others, at: rate) ?? false
      if !goesOn { state.programme = Programme(others: others, frameRate: rate) }
    }
  }

  func receive(_ segmented: SegmentedFrame) throws {
    let frame = segmented.frame
    let (ticks, programme) = state.withLock { state in
      (state.clock.ticks(at: frame.seconds, arrival: frame.arrival), state.programme)
    }
    let classes = segmenter.classes(of: segmented.labels.map.revision) ?? []
    let shares = painter.shares(of: segmented.labels.map, classes)
    let picture = painted != nil || viewers.count > 0 ? painter.paint(segmented, classes) : nil
    if let picture { Self.place(picture, at: ticks) }
    if let picture, let painted, let programme {
      // A slow encoder holds the session up, which then drops its oldest frames.
      painted.push(PaintedFrame(frame: picture, programme: programme))
    }
    if let picture { viewers.offer(picture) }
    if outputs.contains(where: { !$0.wantsVideo }) {
      let labels = OutputLabels(segmented, classes, at: ticks, frameRate: programme?.frameRate ?? Rational(30, 1))
      for output in outputs where !output.wantsVideo {
        output.offer(labels, record: painter.record(of: segmented, classes))
      }
    }
    state.withLock { $0.newest = Newest(segmented: segmented, painted: picture, shares: shares) }
  }

  func receive(_ packet: Packet) throws {
    guard let seconds = packet.seconds, packet.stream.timeBase.isPositive,
      let (offset, programme) = state.withLock({ $0.offset(at: seconds, stream: packet.stream.index) })
    else { return }  // before the first picture
    let ticks = (offset / packet.stream.timeBase.value).rounded()
    guard abs(ticks) < 1e18 else { return }  // times that no clock has
    packet.shift(by: Int64(ticks))
    for output in outputs { output.offer(OutputPacket(packet: packet, arrival: .now, programme: programme)) }
  }

  /// Shows why there is no picture, on outputs and to viewers; before the first frame to viewers only, since outputs would
  /// open in a size that is not the source's.
  func showNotice(_ lines: [String]) {
    let last = newest.map { $0.painted ?? $0.segmented.frame }
    guard painted != nil && last != nil || viewers.count > 0 else { return }
    let picture = painter.notice(lines, over: last)
    let programme = state.withLock { state in
      state.placeholders += 1
      Self.place(picture, at: state.clock.ticks(at: .now))
      return state.programme
    }
    if let programme, let painted, last != nil, painted.hasRoom {
      painted.push(PaintedFrame(frame: picture, programme: programme))
    }
    viewers.offer(picture)
  }

  /// Ends outputs and viewers in order; returns at once.
  func close() {
    viewers.close()
    guard let painted else { return closeOutputs() }
    painted.close()
    let graph = graph
    Thread.detachNewThread { [self] in
      do { try graph.wait() } catch { painter.tell("\(error)") }  // the encoder's own errors never come here
      closeOutputs()
    }
  }

  private func closeOutputs() { for output in outputs { output.close() } }

  /// Waits until the outputs have written everything.
  ///
  /// - Returns: false when some had to be cut off.
  func wait(until deadline: ContinuousClock.Instant) -> Bool {
    outputs.map { $0.wait(until: deadline) }.allSatisfy { $0 }
  }

  /// Brings a picture of our own to the outputs' time.
  private static func place(_ picture: Frame, at ticks: Int64) {
    picture.duration = OutputClock.duration(picture.duration, in: picture.timeBase)
    (picture.pts, picture.timeBase) = (ticks, OutputClock.timeBase)
  }
}

extension StreamHub.State {
  /// Seconds to add to the times of a packet of another stream, and its programme; nil before the first picture.
  ///
  /// A clock that jumped for the pictures only, or for the sound only, is put right for the other as well.
  fileprivate mutating func offset(at seconds: Double, stream: Int) -> (Double, Programme)? {
    guard let programme, let pictures = clock.offset else { return nil }
    var offset = offsets[stream] ?? pictures
    if abs(seconds + offset - clock.lastTime) > Self.longestDistance {
      offset = clock.lastTime - seconds
      offsets[stream] = offset
    }
    return (offset, programme)
  }

  /// Seconds that sound may lie from the pictures.
  private static let longestDistance = 5.0
}
