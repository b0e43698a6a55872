// The stages of a session and how they are joined.
import Foundation
import Frames
import Tensors
import Video

/// Decides which stages a session needs, and adds them to a graph.
struct SessionPlan {
  let options: SessionOptions
  let video: VideoInfo
  let segmenter: any Segmenter
  let kernels: Kernels
  let tally: Tally

  init(
    _ options: SessionOptions, _ video: VideoInfo, _ segmenter: any Segmenter, _ kernels: Kernels, _ tally: Tally
  ) {
    (self.options, self.video, self.segmenter) = (options, video, segmenter)
    (self.kernels, self.tally) = (kernels, tally)
  }

  var gate: FrameGate { FrameGate(options, account: tally.account) }

  private var freshness: Freshness {
    Freshness(maxAge: options.isLive ? options.maxAge : nil, account: tally.account)
  }

  /// What the decoder leaves out when it is late; nil for sources that can wait.
  var ladder: SkipLadder? { options.isLive ? SkipLadder(maxAge: options.maxAge) : nil }

  /// The queue to the decoder. A live source is read as it comes, so that packets that wait for the decoder grow old here,
  /// where that shows, and not in the system's buffers.
  func demuxQueue() -> BoundedQueue<DemuxEvent> { BoundedQueue(capacity: options.isLive ? 128 : 4) }

  /// The queue of decoded frames: the one place where a live session drops what it has no time for.
  func frameQueue() -> BoundedQueue<Frame> {
    guard options.isLive else { return BoundedQueue(capacity: 2) }
    let account = tally.account
    return BoundedQueue(capacity: burst, overflow: .dropOldest { _ in account.leave(.late) })
  }

  /// The queue of pictures for the network. The network may be shared: where frames stand in the queue before, one that
  /// waits here for its turn gives way to those that have come since.
  private func preparedQueue(_ standing: Monitor<StandingQueue>) -> BoundedQueue<PreparedFrame> {
    guard options.isLive else { return BoundedQueue(capacity: 2) }
    let account = tally.account
    return BoundedQueue(
      capacity: 1,
      overflow: .dropStale({ prepared in
        let now = ContinuousClock.now
        return standing.withLock { $0.isStale(waited: now - prepared.frame.decoded, now: now) }
      }) { _ in account.leave(.late) })
  }

  /// Frames that may arrive at once without one being lost: those of the longest time a frame may wait.
  ///
  /// Containers send packets in clusters, and decoders let reordered frames go together, so a queue for one frame at a
  /// time loses frames to every cluster although there is time for all of them.
  private var burst: Int {
    let rate = video.frameRate.isPositive ? video.frameRate.value : 30
    return min(16, max(2, Int((rate * options.maxAge.inSeconds).rounded(.up))))
  }

  /// The queue to the muxer, which the source fills as well as the encoder; nil when there is no muxer.
  func packetQueue(_ output: SessionOutput) -> BoundedQueue<Packet>? {
    switch output {
    case .video, .receiver: BoundedQueue(capacity: 64)
    case .none, .pictures: nil
    }
  }

  /// Adds everything behind the decoder.
  ///
  /// - Parameters:
  ///   - packets: from `packetQueue`.
  ///   - others: the source's streams whose packets come there.
  func build(
    _ graph: Graph, from frames: BoundedQueue<Frame>, output: SessionOutput, _ packets: BoundedQueue<Packet>?,
    copying others: [StreamParameters], digest: Monitor<String?>
  ) throws {
    let sinks = try maskSinks(digest)
    let paints = if case .none = output { false } else { true }
    // A live frame waits in the frame queue, where it can still be dropped, and nowhere else.
    let depth = options.isLive ? 1 : 2
    let standing = Monitor(StandingQueue())
    let prepared = preparedQueue(standing)
    let resize = ResizeStage(segmenter, kernels: kernels, freshness: freshness, standing: standing)
    graph.add("resize", resize, from: frames, to: prepared)
    let isLast = sinks.isEmpty && !paints
    let segment = SegmentStage(
      segmenter, hasConfidence: options.masks.confidence != nil, freshness: freshness, tally: isLast ? tally : nil)
    var segmented = isLast ? nil : BoundedQueue<SegmentedFrame>(capacity: depth)
    graph.add("segment", segment, from: prepared, to: segmented)
    if let masked = segmented, !sinks.isEmpty {
      segmented = paints ? BoundedQueue(capacity: depth) : nil
      graph.add("masks", MaskStage(sinks, tally: paints ? nil : tally), from: masked, to: segmented)
    }
    guard let segmented, paints else { return }
    if case .receiver(let receiver) = output {
      graph.add("overlay", ReceiverStage(receiver, freshness: freshness, tally: tally), from: segmented)
      if let packets { graph.add("packets", PacketReceiverStage(receiver), from: packets) }
      return
    }
    let painted = BoundedQueue<Frame>(capacity: depth)
    let overlay = Overlay(options.style, kernels: kernels)
    let stage = OverlayStage(overlay, hasHUD: options.style.hasHUD, freshness: freshness, tally: tally)
    graph.add("overlay", stage, from: segmented, to: painted)
    try addOutput(graph, from: painted, output, packets, others)
  }

  private func addOutput(
    _ graph: Graph, from painted: BoundedQueue<Frame>, _ output: SessionOutput, _ packets: BoundedQueue<Packet>?,
    _ others: [StreamParameters]
  ) throws {
    switch output {
    case .none, .receiver: break
    case .pictures(let folder, let sink):
      try makeFolder(folder)
      let pictures = PictureFolderStage(folder, images: video.imagePaths, options: settings(sink), tally: tally)
      graph.add("encode", pictures, from: painted)
    case .video(let name, let sink):
      let target = try OutputTarget(name, format: sink.format)
      let encoder = try Encoder(target, settings(sink))
      let muxer = try Muxer(target, copying: others, settings(sink))
      graph.add("encode", EncodeStage(encoder, tally: tally), from: painted, to: packets)
      if let packets { graph.add("mux", MuxStage(muxer), from: packets) }
    }
  }

  private func settings(_ sink: SinkOptions) -> SinkOptions {
    var sink = sink
    if options.overwrites { sink.overwrites = true }
    if options.isLive { sink.isLive = true }
    return sink
  }

  private func maskSinks(_ digest: Monitor<String?>) throws -> [any MaskSink] {
    let (masks, style) = (options.masks, options.style)
    var sinks: [any MaskSink] = []
    if masks.hasDigest { sinks.append(MaskDigest(digest)) }
    if let folder = masks.folder {
      sinks.append(
        try MaskFolder(
          folder, palette: style.palette, images: video.imagePaths, overwrites: options.overwrites))
    }
    if let folder = masks.confidence {
      sinks.append(try ConfidenceFolder(folder, images: video.imagePaths, overwrites: options.overwrites))
    }
    if let path = masks.video {
      var sink = SinkOptions()
      if video.frameRate.isPositive { sink.frameRate = video.frameRate }
      sinks.append(try MaskVideo(path, options: settings(sink)))
    }
    if let path = masks.records {
      sinks.append(
        try RecordFile(
          path, classes: style.names, hasRunLengths: masks.hasRunLengths, overwrites: options.overwrites,
          kernels: kernels))
    }
    return sinks
  }

  private func makeFolder(_ path: String) throws(PipelineError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw .cannotWrite(path, cause: "the folder cannot be made")
    }
  }
}
