import Foundation
import Frames
import Synchronization
import Testing
import Video

@testable import Pipeline

/// A decoder that cannot keep up.
@Suite(.timeLimit(.minutes(3)), .serialized) struct SkippingTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Large noisy frames, each third one a reference, that take long to decode.
  private func writeHeavyClip(_ path: String) throws {
    var options = SinkOptions()
    (options.preset, options.crf) = ("superfast", 12)
    options.encoderOptions = ["bf": "2", "g": "12", "x264-params": "b-pyramid=none:scenecut=0:b-adapt=0"]
    let sink = try MediaSink(path, options)
    var state: UInt64 = 1
    let noise = (0..<1 << 16).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(100 + state >> 59)
    }
    for index in 0..<48 {
      let frame = Frame(width: 1280, height: 720, format: .yuv420p)
      for y in 0..<720 {
        let start = (y * 7919 + index * 104_729) % (noise.count - 1280)
        noise.withUnsafeBufferPointer { frame.planes[0].row(y).update(from: $0.baseAddress! + start, count: 1280) }
      }
      (frame.pts, frame.timeBase) = (Int64(index), Rational(1, 25))
      try sink.write(frame)
    }
    try sink.finish()
  }

  /// Frames a second that one thread decodes.
  private func decodingRate(_ path: String, _ options: SourceOptions) throws -> Double {
    let source = try Media.open(path, options)
    let decoder = Decoder(source)
    let (start, count) = (ContinuousClock.now, 48.0)
    while case .video(let packet) = try source.next() {
      try decoder.send(packet)
      while try decoder.receive() != nil {}
    }
    return count / (ContinuousClock.now - start).inSeconds
  }

  @Test func latencyStaysBoundedWhereDecodingIsTooSlow() throws {
    try writeHeavyClip(folder("clip.mkv"))
    var reading = SourceOptions()
    (reading.isLive, reading.threads) = (true, 1)
    let rate = try decodingRate(folder("clip.mkv"), reading)
    let tally = Tally()
    // Three seconds of three times too much, then six and two of a quarter of what can be done.
    let source = MeteredSource(
      try LoopingSource(folder("clip.mkv"), reading), phases: [(rate * 3, 3), (rate / 4, 6), (rate / 4, 2)], tally)
    var options = Pattern.options()
    options.isLive = true
    let report = try Session(source, ColorSegmenter(), output: .none, options, tally: tally).run()
    let marks = source.marks
    #expect(report.frames.reconciles && report.frames.undecodable == 0, "\(report.frames)")
    #expect(report.latencyMs.max < 450, "\(report.latencyMs)")
    let (flooded, calmed) = (marks[0], marks[1])
    #expect(3 * flooded.late > flooded.in && flooded.shown > 20, "\(flooded) of \(rate) frames/s")
    // At its end the decoder leaves nothing out any more.
    let (came, late) = (report.frames.in - calmed.in, report.frames.late - calmed.late)
    #expect(10 * late <= came, "\(calmed) \(report.frames)")
    #expect(report.frames.shown > calmed.shown)
  }

  @Test func aRateTakesTheSameFramesWhereTheOthersAreNotDecoded() throws {
    try writeClip(folder("clip.ts"), times: (0..<120).map { Int64(40 * $0) })
    var options = Pattern.options()
    (options.maxRate, options.maxAge) = (5, .seconds(60))
    let taken = try [false, true].map { isLive in
      var reading = SourceOptions()
      (reading.isLive, options.isLive) = (isLive, isLive)
      let source = try Media.open(folder("clip.ts"), reading)
      let frames = try Session(source, ColorSegmenter(), output: .none, options).run().frames
      #expect(frames.in == 120 && frames.undecodable == 0 && frames.reconciles, "\(frames)")
      return frames.shown + frames.late
    }
    #expect(taken[0] == taken[1] && (20...30).contains(taken[0]), "\(taken)")
  }
}

/// Gives packets at given rates, whatever their times are.
private final class MeteredSource: PacketSource {
  private let source: any PacketSource
  private let phases: [(rate: Double, seconds: Double)]
  private let tally: Tally
  private let state = Mutex((phase: 0, next: ContinuousClock.Instant?.none, end: ContinuousClock.now))
  /// The account at the end of each phase.
  private let noted = Mutex<[FrameCounts]>([])

  init(_ source: any PacketSource, phases: [(rate: Double, seconds: Double)], _ tally: Tally) {
    (self.source, self.phases, self.tally) = (source, phases, tally)
  }

  var marks: [FrameCounts] { noted.withLock { $0 } }
  var name: String { source.name }
  var video: VideoInfo { source.video }
  var options: SourceOptions { source.options }
  var tags: [String: String] { [:] }
  var otherStreams: [StreamParameters] { [] }

  func next() throws(VideoError) -> DemuxEvent {
    guard let due = nextMoment() else { return .end(truncated: false) }
    let event = try source.next()
    Thread.sleep(forTimeInterval: max(0, (due - .now).inSeconds))
    if case .video(let packet) = event { packet.arrival = .now }
    return event
  }

  func cancel() { source.cancel() }

  /// When the next packet is due; nil at the end.
  private func nextMoment() -> ContinuousClock.Instant? {
    state.withLock { state in
      let now = ContinuousClock.now
      if state.next == nil { state.end = now + .seconds(phases[0].seconds) }
      while state.phase < phases.count, state.next ?? now >= state.end {
        noted.withLock { $0.append(tally.account.snapshot) }
        state.phase += 1
        if state.phase < phases.count { state.end += .seconds(phases[state.phase].seconds) }
      }
      guard state.phase < phases.count else { return nil }
      let due = (state.next ?? now) + .seconds(1 / phases[state.phase].rate)
      state.next = due
      return due
    }
  }
}
