import Foundation
import Frames
import Testing
import Video

@testable import Pipeline

@Suite(.timeLimit(.minutes(2))) struct SessionTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Runs a clip through a session, side by side, and looks at what came out frame by frame.
  private func expectMasksBelongToFrames(
    _ clip: String, _ options: SessionOptions, threads: Int = 2, expecting indices: [Int]
  ) throws {
    var (reading, options) = (SourceOptions(), options)
    reading.threads = threads
    options.style.isSideBySide = true
    options.masks.folder = folder("masks")
    let source = try Media.open(clip, reading)
    var sink = SinkOptions(for: source)
    sink.crf = 10
    let output = SessionOutput.video(folder("out.mkv"), sink)
    let report = try Session(source, ColorSegmenter(), output: output, options).run()
    #expect(report.frames.shown == indices.count && report.frames.reconciles)
    let frames = try readClip(folder("out.mkv"))
    #expect(frames.count == indices.count)
    for (frame, index) in zip(frames, indices) {
      let half = frame.width / 2
      #expect(Pattern.cells(frame, width: half) == Pattern.labels(index), "the frame \(index)")
      let painted = Pattern.cells(frame, left: half, width: half, palette: Pattern.paint)
      #expect(painted == Pattern.labels(index), "the paint on frame \(index)")
    }
    let names = indices.map { String(format: "%06d.png", $0) }
    #expect(try folder.names(in: "masks") == names)
    for (name, index) in zip(names, indices) {
      #expect(try Pattern.cells(ImageFile.readIndices(folder("masks/" + name))) == Pattern.labels(index), "\(name)")
    }
  }

  @Test(arguments: [1, 2, 3]) func maskAndFrameBelongTogetherAcrossBFrames(threads: Int) throws {
    try writeClip(folder("clip.mp4"), times: (0..<40).map { Int64(40 * $0) })
    try expectMasksBelongToFrames(folder("clip.mp4"), Pattern.options(), threads: threads, expecting: Array(0..<40))
  }

  @Test func maskAndFrameBelongTogetherWhenOnlySomeAreTaken() throws {
    try writeClip(folder("clip.mp4"), times: (0..<40).map { Int64(40 * $0) })
    var options = Pattern.options()
    options.every = 7
    try expectMasksBelongToFrames(folder("clip.mp4"), options, expecting: [0, 7, 14, 21, 28, 35])
  }

  @Test func variableFrameTimesAreKept() throws {
    var times: [Int64] = [0]
    for step in 0..<30 { times.append(times[step] + [17, 33, 120, 40, 1000][step % 5]) }
    try writeClip(folder("clip.mkv"), times: times)
    try expectMasksBelongToFrames(folder("clip.mkv"), Pattern.options(), expecting: Array(0...30))
    let seconds = try readClip(folder("out.mkv")).compactMap(\.seconds)
    #expect(seconds.count == 31 && zip(seconds, times).allSatisfy { abs($0 - Double($1) / 1000) < 0.0011 })
  }

  @Test func theLimitEndsTheSourceEarly() throws {
    try writeClip(folder("clip.mp4"), times: (0..<40).map { Int64(40 * $0) })
    var options = Pattern.options()
    (options.limit, options.every) = (3, 2)
    try expectMasksBelongToFrames(folder("clip.mp4"), options, expecting: [0, 2, 4])
  }

  @Test(arguments: [
    (Rotation.upright, 160, 96), (Rotation(quarterTurns: 1), 160, 96), (Rotation(quarterTurns: 2), 161, 95),
    (Rotation(quarterTurns: 3), 97, 161),
  ]) func turnedPicturesGiveUprightMasks(rotation: Rotation, width: Int, height: Int) throws {
    try writeClip(folder("clip.mp4"), times: (0..<12).map { Int64(40 * $0) }) {
      Pattern.frame($0, width: width, height: height, format: .yuv444p, rotation: rotation)
    }
    try expectMasksBelongToFrames(folder("clip.mp4"), Pattern.options(), expecting: Array(0..<12))
    let mask = try ImageFile.readIndices(folder("masks/000003.png"))
    #expect((mask.width, mask.height) == rotation.displaySize(width: width, height: height))
  }

  @Test(arguments: [
    ColorDescription(matrix: 1, range: .limited), ColorDescription(matrix: 1, range: .full),
    ColorDescription(matrix: 6, range: .limited), ColorDescription(matrix: 6, range: .full),
    ColorDescription(matrix: 9, range: .limited),
  ]) func everyMatrixAndRangeGivesTheSameMasks(color: ColorDescription) throws {
    try writeClip(folder("clip.mp4"), times: (0..<8).map { Int64(40 * $0) }) { Pattern.frame($0, color: color) }
    try expectMasksBelongToFrames(folder("clip.mp4"), Pattern.options(), expecting: Array(0..<8))
  }

  @Test func digestRecordsAndMaskVideoTellTheSame() throws {
    var options = Pattern.options()
    (options.masks.folder, options.masks.video) = (folder("masks"), folder("masks.mkv"))
    (options.masks.records, options.masks.hasRunLengths) = (folder("masks.jsonl"), true)
    options.masks.hasDigest = true
    let session = try Session(frames: PatternSource(count: 9), ColorSegmenter(), output: .none, options)
    let report = try session.run()
    #expect(report.frames.shown == 9 && report.stages.map(\.name).contains("masks"))
    let digest = MD5()
    let masks = try (0..<9).map { try ImageFile.readIndices(folder("masks/00000\($0).png")) }
    for mask in masks { digest.add(UnsafeRawBufferPointer(mask.buffer)) }
    #expect(session.md5 == digest.finish())
    let source = try MediaSource(folder("masks.mkv"))
    var index = 0
    while case .frame(let frame) = try source.next() {
      #expect((0..<96).allSatisfy { memcmp(frame.planes[0].row($0), masks[index].labels + 160 * $0, 160) == 0 })
      index += 1
    }
    #expect(index == 9)
    let lines = try String(contentsOfFile: folder("masks.jsonl"), encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 9)
    for (number, line) in lines.enumerated() { try expectRecord(String(line), number, masks[number]) }
  }

  private func expectRecord(_ line: String, _ number: Int, _ mask: LabelMap) throws {
    let record = try JSONDecoder().decode(Record.self, from: Data(line.utf8))
    #expect(record.frame == number && record.pts == number && abs(record.time - Double(number) / 25) < 1e-6)
    #expect(record.latency > 0 && abs(record.classes.values.reduce(0, +) - 1) < 1e-5)
    for (label, name) in Pattern.names.enumerated() {
      let count = mask.buffer.filter { $0 == UInt8(label) }.count
      #expect(abs(record.classes[name]! - Double(count) / Double(mask.count)) < 1e-5)
      let runs = record.rle[name]
      #expect(runs?.size == (count > 0 ? [96, 160] : nil))
      var (place, inside) = (0, false)
      for length in runs?.counts ?? [] {
        for pixel in place..<place + length {
          #expect((mask[x: pixel / 96, y: pixel % 96] == UInt8(label)) == inside)
        }
        (place, inside) = (place + length, !inside)
      }
      #expect(count == 0 || place == mask.count)
    }
  }

  private struct Record: Decodable {
    struct Runs: Decodable { var size, counts: [Int] }
    var frame, pts: Int
    var time, latency: Double
    var classes: [String: Double]
    var rle: [String: Runs]

    enum CodingKeys: String, CodingKey {
      case frame, pts, time, classes, rle
      case latency = "latency_ms"
    }
  }

  @Test func withoutAnOutputNoOverlayIsMade() throws {
    let session = try Session(frames: PatternSource(count: 5), ColorSegmenter(), output: .none, Pattern.options())
    let report = try session.run()
    #expect(report.stages.map(\.name).sorted() == ["resize", "segment", "source"])
    #expect(report.frames.shown == 5 && report.latencyMs.p50 > 0 && report.firstFrameMs > 0 && report.rssMB > 1)
  }

  @Test func undecodableFramesAreCounted() throws {
    let source = PatternSource(count: 20, losses: [3, 4, 19])
    let report = try Session(frames: source, ColorSegmenter(), output: .none, Pattern.options()).run()
    #expect(report.frames.in == 20 && report.frames.shown == 17 && report.frames.undecodable == 3)
  }

  @Test func aLiveSessionThatCannotKeepUpDropsAndKeepsLatencyBounded() throws {
    var options = Pattern.options()
    (options.isLive, options.masks.folder) = (true, folder("masks"))
    let segmenter = ColorSegmenter(pause: 0.02)
    let source = PatternSource(count: 200, pace: .milliseconds(5))
    let report = try Session(frames: source, segmenter, output: .none, options).run()
    #expect(report.frames.in == 200 && report.frames.reconciles && report.frames.late > 50)
    #expect(report.frames.shown == segmenter.seen.all.count && report.frames.shown > 20)
    #expect(report.latencyMs.max < 1500, "without drops the last frame would be three seconds late")
    for name in try folder.names(in: "masks") {
      let index = Int(name.prefix(6))!
      #expect(try Pattern.cells(ImageFile.readIndices(folder("masks/" + name))) == Pattern.labels(index))
    }
  }

  @Test func framesThatAreTooOldAreLate() throws {
    var options = Pattern.options()
    (options.isLive, options.maxAge) = (true, .milliseconds(30))
    let source = PatternSource(count: 60, pace: .milliseconds(10))
    let report = try Session(frames: source, ColorSegmenter(pause: 0.05), output: .none, options).run()
    #expect(report.frames.reconciles && report.frames.late > 0 && report.frames.shown > 0)
    #expect(report.latencyMs.p50 < 200)
  }

  @Test func aFailingNetworkEndsTheSessionAndKeepsWhatWasMade() throws {
    try writeClip(folder("clip.mp4"), times: (0..<40).map { Int64(40 * $0) })
    let source = try Media.open(folder("clip.mp4"))
    let output = SessionOutput.video(folder("out.mp4"), SinkOptions(for: source))
    let session = try Session(source, ColorSegmenter(failsAt: 20), output: output, Pattern.options())
    let failure = #expect(throws: GraphFailure.self) { try session.run() }
    #expect(failure?.stage == "segment" && failure?.error as? Broken == Broken(place: "network"))
    #expect(try readClip(folder("out.mp4")).count == 20)
    let frames = session.report.frames
    #expect(frames.shown == 20 && frames.reconciles && frames.abandoned > 0)
  }

  @Test func aFullDiskStopsEverythingAndIsTheErrorReported() throws {
    let output = SessionOutput.video(
      "/dev/full",
      {
        var sink = SinkOptions(); sink.format = "mpegts"; return sink
      }())
    let source = PatternSource(count: 100_000)
    let session = try Session(frames: source, ColorSegmenter(), output: output, Pattern.options())
    let failure = #expect(throws: GraphFailure.self) { try session.run() }
    #expect(failure?.stage == "mux")
    guard case .diskFull = failure?.error as? VideoError else { return #expect(Bool(false), "\(failure as Any)") }
    #expect(session.report.frames.reconciles && session.report.frames.in < 100_000)
  }

  @Test func stoppingFinishesTheOutput() throws {
    let output = SessionOutput.video(folder("out.mp4"), SinkOptions())
    let source = PatternSource(count: 100_000, pace: .milliseconds(2))
    let session = try Session(frames: source, ColorSegmenter(), output: output, Pattern.options())
    session.start()
    while session.progress.frames.shown < 10 { Thread.sleep(forTimeInterval: 0.005) }
    session.stop()
    let report = try session.wait()
    #expect(report.frames.reconciles && report.frames.abandoned == 0 && report.frames.shown >= 10)
    #expect(try readClip(folder("out.mp4")).count == report.frames.shown)
  }

  @Test func cancellingLeavesAPlayableOutputAndAnAccount() throws {
    let output = SessionOutput.video(folder("out.mp4"), SinkOptions())
    let session = try Session(
      frames: PatternSource(count: 100_000), ColorSegmenter(), output: output, Pattern.options())
    session.start()
    while session.progress.frames.shown < 100 { Thread.sleep(forTimeInterval: 0.005) }
    session.cancel()
    let report = try session.wait()
    #expect(session.report.frames.reconciles && report.frames.shown >= 100)
    #expect(try readClip(folder("out.mp4")).count > 10)
  }

  @Test func existingMasksAreNotReplacedUnlessAsked() throws {
    var options = Pattern.options()
    options.masks.folder = folder("masks")
    for (overwrites, succeeds) in [(false, true), (false, false), (true, true)] {
      options.overwrites = overwrites
      let session = try Session(frames: PatternSource(count: 3), ColorSegmenter(), output: .none, options)
      if succeeds {
        try session.run()
      } else {
        let failure = #expect(throws: GraphFailure.self) { try session.run() }
        #expect(failure?.error as? PipelineError == .exists(folder("masks/000000.png")))
      }
    }
  }

  @Test func theReportsJSONIsTheContracts() throws {
    let report = try Session(frames: PatternSource(count: 3), ColorSegmenter(), output: .none, Pattern.options()).run()
    let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(report)) as! [String: Any]
    for key in ["frames", "seconds", "fps", "first_frame_ms", "latency_ms", "stages", "rss_mb"] {
      #expect(object[key] != nil, "\(key)")
    }
    let frames = object["frames"] as! [String: Int]
    for key in ["in", "shown", "skipped", "late", "undecodable"] { #expect(frames[key] != nil, "\(key)") }
  }

  @Test func aFolderOfImagesGivesPicturesAndMasksOfTheirNamesAndSizes() throws {
    let sizes = ["b.jpg": (160, 96), "a.png": (123, 77), "a.jpg": (80, 60)]
    try FileManager.default.createDirectory(atPath: folder("in"), withIntermediateDirectories: true)
    for (name, size) in sizes {
      let frame = Pattern.frame(
        3, width: size.0, height: size.1, format: .yuv444p, color: .init(matrix: 5, range: .full))
      if name.hasSuffix("png") {
        try ImageFile.writePNG(frame, to: folder("in/" + name))
      } else {
        try ImageFile.writeJPEG(frame, to: folder("in/" + name), quality: 2)
      }
    }
    var options = Pattern.options()
    options.masks.folder = folder("masks")
    let source = try Media.open(folder("in"))
    let output = SessionOutput(folder("out"), isImageList: true, SinkOptions(for: source))
    let report = try Session(source, ColorSegmenter(), output: output, options).run()
    #expect(report.frames.shown == 3)
    let names = ["a-000000.png", "a-000001.png", "b.png"]
    #expect(try folder.names(in: "out") == names && folder.names(in: "masks") == names)
    for (name, size) in zip(names, [(80, 60), (123, 77), (160, 96)]) {
      let (mask, picture) = (
        try ImageFile.readIndices(folder("masks/" + name)), try ImageFile.readRGB(folder("out/" + name))
      )
      #expect((mask.width, mask.height) == size && (picture.width, picture.height) == size)
      #expect(Pattern.cells(mask) == Pattern.labels(3))
      #expect(Pattern.cells(picture, palette: Pattern.paint) == Pattern.labels(3))
    }
  }

  @Test func theOrderOfDecodingIsNoAge() throws {
    try writeClip(folder("clip.ts"), times: (0..<30).map { Int64(40 * $0) })
    var reading = SourceOptions()
    reading.isLive = true
    let source = try Media.open(folder("clip.ts"), reading)
    let decoder = Decoder(source)
    var ages: [Duration] = []
    while case .video(let packet) = try source.next() {
      try decoder.send(packet)
      while let frame = try decoder.receive() { ages.append(ContinuousClock.now - frame.arrival) }
      Thread.sleep(forTimeInterval: 0.03)
    }
    #expect(ages.count > 20 && ages.sorted()[ages.count / 2] < .milliseconds(25), "\(ages)")
  }
}
