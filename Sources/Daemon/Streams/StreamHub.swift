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
  private let state: Mutex<State>

  /// What threads share.
  private struct State {
    var clock = OutputClock()
    var programme: Programme?
    var newest: Newest?
    var record: RecordLine?
    var placeholders = 0
    var placeholderIndex = 0
  }

  /// The newest frame with everything that can be asked of it.
  struct Newest: Sendable {
    var segmented: SegmentedFrame
    /// nil while nobody wants overlays.
    var painted: Frame?
    var shares: [ClassShare]
  }

  /// - Throws: `VideoError.unknownContainer`, `.unknownEncoder`.
  init(
    name: String, _ segmenter: StreamSegmenter, _ painter: OverlayPainter, outputs: [any StreamOutput],
    encoder: EncoderSettings, tell: @escaping @Sendable (String) -> Void
  ) throws(VideoError) {
    (self.segmenter, self.painter, self.outputs) = (segmenter, painter, outputs)
    viewers = Viewers(name: name, tell: tell)
    state = Mutex(State())
    guard outputs.contains(where: \.wantsVideo) else {
      painted = nil
      return
    }
    let queue = BoundedQueue<PaintedFrame>(capacity: 2)
    painted = queue
    let stage = try OverlayEncoder(encoder, tell: tell) { [outputs] packet in
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
      let same = state.programme.map { $0.frameRate == rate && $0.others.isEmpty && others.isEmpty } ?? false
      if !same { state.programme = Programme(others: others, frameRate: rate) }
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
    picture.map { ($0.pts, $0.timeBase) = (ticks, OutputClock.timeBase) }
    if let picture, let painted, let programme {
      // A slow encoder holds the session up, which then drops its oldest frames.
      guard painted.push(PaintedFrame(frame: picture, programme: programme)) else { throw Disconnected() }
    }
    if let picture { viewers.offer(picture) }
    for output in outputs where !output.wantsVideo {
      output.offer(segmented, record: painter.record(of: segmented, classes))
    }
    state.withLock { $0.newest = Newest(segmented: segmented, painted: picture, shares: shares) }
  }

  func receive(_ packet: Packet) throws {
    guard let (offset, programme) = state.withLock({ state in state.clock.offset.map { ($0, state.programme) } }),
      let programme, packet.stream.timeBase.isPositive
    else { return }  // before the first picture
    packet.shift(by: Int64((offset / packet.stream.timeBase.value).rounded()))
    for output in outputs { output.offer(OutputPacket(packet: packet, arrival: .now, programme: programme)) }
  }

  /// Shows why there is no picture, on outputs and to viewers.
  func showNotice(_ lines: [String]) {
    guard painted != nil || viewers.count > 0 else { return }
    let last = newest.map { $0.painted ?? $0.segmented.frame }
    let picture = painter.notice(lines, over: last)
    let programme = state.withLock { state in
      state.placeholders += 1
      state.placeholderIndex += 1
      picture.pts = state.clock.ticks(at: .now)
      picture.timeBase = OutputClock.timeBase
      if state.programme == nil { state.programme = Programme(others: [], frameRate: Rational(30, 1)) }
      return state.programme
    }
    if let programme, let painted, painted.hasRoom {
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
      do { try graph.wait() } catch { painter.tell("\(error)") }
      closeOutputs()
    }
  }

  private func closeOutputs() { for output in outputs { output.close() } }

  /// Waits until the outputs have written everything.
  ///
  /// - Returns: false when some had to be cut off.
  func wait(until deadline: ContinuousClock.Instant) -> Bool {
    let ended = outputs.map { $0.wait(until: deadline) }
    OutputContainer.finishing.sync {}
    return ended.allSatisfy { $0 }
  }
}
