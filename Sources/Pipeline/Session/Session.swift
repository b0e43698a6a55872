// One source on its way to one output.
import Foundation
import Frames
import Synchronization
public import Tensors
public import Video

/// A running segmentation of one source: the stages of the graph, their account, and their end.
///
/// ```swift
/// let source = try Media.open("drive.mp4")
/// let segmenter = try NetworkSegmenter(model, size: source.uprightSize, threads: 2)
/// let session = try Session(
///   source, segmenter, output: .video("drive.overlay.mp4", SinkOptions(for: source)), options)
/// let report = try session.run()
/// ```
///
/// Frames go one after the other through demux, decode, resize, segment, masks, overlay, encode and mux, each a stage of
/// its own. Stages that have nothing to do are left out.
public final class Session: Sendable {
  private let graph = Graph()
  private let tally: Tally
  private let ending = SourceEnding()
  private let digest = Monitor<String?>(nil)
  private let expected: Int?
  private let wasCancelled = Atomic(false)

  /// Opens the outputs and joins the stages; nothing runs yet.
  ///
  /// - Parameter tally: where frames are counted; one that earlier sessions have counted in goes on from there.
  /// - Throws: `PipelineError`, and `VideoError` of the outputs.
  public convenience init(
    _ source: any PacketSource, _ segmenter: any Segmenter, output: SessionOutput, _ options: SessionOptions,
    kernels: Kernels = .best, tally: Tally = Tally()
  ) throws {
    self.init(expecting: Self.expected(source.video, options), tally)
    let plan = SessionPlan(options, source.video, segmenter, kernels, tally)
    let (packets, frames, others) = (plan.demuxQueue(), plan.frameQueue(), plan.packetQueue(output))
    let side = others.map { Outlet($0) }
    graph.add("demux", source: DemuxStage(source, others: side, ending: ending), to: packets, side: side)
    graph.add("decode", DecodeStage(Decoder(source), gate: plan.gate, ladder: plan.ladder), from: packets, to: frames)
    try plan.build(graph, from: frames, output: output, others, copying: source.otherStreams, digest: digest)
  }

  /// The same for a source that makes frames by itself.
  public convenience init(
    frames source: any FrameSource, _ segmenter: any Segmenter, output: SessionOutput, _ options: SessionOptions,
    kernels: Kernels = .best, tally: Tally = Tally()
  ) throws {
    self.init(expecting: Self.expected(source.video, options), tally)
    let plan = SessionPlan(options, source.video, segmenter, kernels, tally)
    let (frames, others) = (plan.frameQueue(), plan.packetQueue(output))
    let side = others.map { Outlet($0) }
    let stage = FrameSourceStage(source, gate: plan.gate, others: side, ending: ending)
    graph.add("source", source: stage, to: frames, side: side)
    try plan.build(graph, from: frames, output: output, others, copying: [], digest: digest)
  }

  /// What never ran is held by its own edges.
  deinit { graph.forgetEdges() }

  private init(expecting expected: Int?, _ tally: Tally) { (self.expected, self.tally) = (expected, tally) }

  /// Frames that will be shown, as far as the source tells.
  private static func expected(_ video: VideoInfo, _ options: SessionOptions) -> Int? {
    let all = video.frameCount.map { ($0 + options.every - 1) / options.every }
    guard let limit = options.limit else { return all }
    return all.map { min($0, limit) } ?? limit
  }
}

extension Session {
  /// Lets the stages run.
  public func start() {
    tally.begin()
    graph.start()
  }

  /// Waits for the end.
  ///
  /// - Throws: the first error of a stage; what was made until then is finished all the same.
  @discardableResult
  public func wait() throws(GraphFailure) -> SessionReport {
    var failure: GraphFailure?
    do { try graph.wait() } catch { failure = error }
    tally.end()
    if failure == nil, !wasCancelled.load(ordering: .acquiring) {
      precondition(tally.account.snapshot.reconciles, "frames went astray: \(tally.account.snapshot)")
    }
    tally.account.settle()
    if let failure { throw failure }
    return report
  }

  /// Starts and waits.
  @discardableResult
  public func run() throws(GraphFailure) -> SessionReport {
    start()
    return try wait()
  }

  /// Ends the source; the frames that are under way are finished, and so is the output. From any thread.
  public func stop() { graph.stop() }

  /// Ends everything after the present frame of each stage; the output is left playable. From any thread.
  public func cancel() {
    wasCancelled.store(true, ordering: .releasing)
    graph.cancel()
  }

  /// The figures so far.
  public var report: SessionReport {
    let (frames, seconds) = (tally.account.snapshot, tally.seconds)
    return SessionReport(
      frames: frames, seconds: seconds, fps: seconds > 0 ? Double(frames.shown) / seconds : 0,
      firstFrameMs: (tally.firstFrame ?? 0) * 1000, latencyMs: tally.latency.summary, stages: graph.stages,
      rssMB: Double(ResidentMemory.peak) / 1e6)
  }

  /// What each stage has cost so far.
  public var stages: [StageReport] { graph.stages }

  /// Elements that wait before each stage that has an input.
  public var queues: [String: Int] { graph.queues }

  /// Durations of each stage's calls so far.
  public var stageDurations: [(name: String, durations: DurationCounts)] { graph.stageDurations }

  /// How far it is; cheap enough to be asked many times a second.
  public var progress: SessionProgress {
    let (frames, fps) = (tally.account.snapshot, tally.recentRate)
    let left = expected.flatMap { fps > 0 && $0 >= frames.shown ? Double($0 - frames.shown) / fps : nil }
    return SessionProgress(
      frames: frames, expected: expected, fps: fps, latencyMs: tally.latency.summary.p50, secondsLeft: left)
  }

  /// Whether the source broke off before its end.
  public var isTruncated: Bool { ending.isTruncated }

  /// The MD5 over all masks, once the session has ended, if it was asked for.
  public var md5: String? { digest.withLock { $0 } }
}

extension PacketSource {
  /// Size of the upright frames in square pixels, as the header tells; what a network is built for.
  public var uprightSize: (width: Int, height: Int) { video.uprightSize }
}

extension VideoInfo {
  /// Size of the upright frames in square pixels.
  public var uprightSize: (width: Int, height: Int) {
    squareSize(width: max(1, width), height: max(1, height), rotation: rotation, aspect: sampleAspectRatio)
  }
}
