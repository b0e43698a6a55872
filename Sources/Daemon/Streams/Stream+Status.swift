// A stream as others see it.
import Foundation
import Frames
import Pipeline
import UNet

extension Stream {
  /// Samples kept for rates: one a second.
  private static let sampleCount = 6

  func status(redact: (String) -> String) -> StreamStatus {
    let look = painter.current
    let (moment, session) = state.withLock { ($0, $0.session) }
    var status = StreamStatus(
      name: name, source: redact(settings.source), state: moment.state, since: moment.since,
      model: segmenter.model.name,
      overlay: OverlayState(
        alpha: look.look.alpha, legend: look.look.legend, hud: look.look.hud, steady: look.look.steady))
    status.lastError = moment.lastError.map { Incident(time: $0.time, message: redact($0.message)) }
    status.frames = tally.account.snapshot
    status.placeholders = hub.placeholders
    status.rates = Self.rates(moment.samples)
    status.latencyMs = recent.summary
    status.stages = (session?.stages ?? []) + hub.stages
    status.queues = (session?.queues ?? [:]).merging(hub.queues) { $1 }
    status.outputs = hub.outputs.map { output in
      var status = output.status
      status.lastError = status.lastError.map { Incident(time: $0.time, message: redact($0.message)) }
      return status
    }
    (status.viewers, status.reconnects) = (hub.viewers.count, moment.reconnects)
    status.shadow = segmenter.shadow?.status
    if let newest = hub.newest {
      status.size = "\(newest.segmented.frame.width)x\(newest.segmented.frame.height)"
      status.classes = newest.shares
    }
    return status
  }

  /// Counts what there is now; called once a second.
  func sample() {
    let frames = tally.account.snapshot
    let network = segmenter.frames
    state.withLock { state in
      state.samples.append(RateSample(time: .now, input: frames.in, network: network, output: frames.shown))
      if state.samples.count > Self.sampleCount { state.samples.removeFirst() }
    }
  }

  private static func rates(_ samples: [RateSample]) -> Rates {
    guard let first = samples.first, let last = samples.last, last.time > first.time else { return Rates() }
    let seconds = (last.time - first.time).inSeconds
    func rate(_ count: KeyPath<RateSample, Int>) -> Double {
      (Double(max(0, last[keyPath: count] - first[keyPath: count])) / seconds * 100).rounded() / 100
    }
    return Rates(input: rate(\.input), network: rate(\.network), output: rate(\.output))
  }

  /// Durations of the present connection's stages and of all frames.
  var durations: StreamDurations {
    let session = state.withLock { $0.session }
    return StreamDurations(
      latency: tally.latency.counts, stages: (session?.stageDurations ?? []) + hub.stageDurations)
  }

  /// The newest overlay as a JPEG; painted now if nobody else wanted it.
  func overlayPicture() -> EncodedPicture? {
    guard let newest = hub.newest else { return nil }
    if let painted = newest.painted { return hub.viewers.still(painted) }
    let classes = segmenter.classes(of: newest.segmented.labels.map.revision) ?? []
    return hub.viewers.still(painter.still(newest.segmented, classes))
  }

  /// The newest label map at the frame's size as a PNG.
  func maskPicture() -> EncodedPicture? {
    guard let newest = hub.newest else { return nil }
    let (frame, labels) = (newest.segmented.frame, newest.segmented.labels.map)
    let mask = MaskMaker().mask(of: labels, size: frame.displaySize)
    let palette = Palette(of: segmenter.classes(of: labels.revision) ?? [])
    return hub.viewers.still(mask.map, palette, of: frame)
  }
}
