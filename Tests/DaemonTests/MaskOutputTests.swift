// Masks as outputs of a stream.
import Foundation
import Frames
import Pipeline
import Settings
import Testing
import Video

@testable import Daemon

@Suite(.timeLimit(.minutes(3)), .serialized) struct MaskOutputTests {
  let folder: TestFolder

  init() throws { folder = try TestFolder() }

  private func settings(_ source: String, _ outputs: [String]) -> StreamSettings {
    var settings = StreamSettings()
    (settings.source, settings.outputs, settings.size) = (source, outputs.map { "masks:" + folder($0) }, "96x64")
    settings.overlay.steady = true  // which is for the overlay only
    return settings
  }

  private func started(_ settings: StreamSettings) throws -> Daemon.Stream {
    let stream = try Daemon.Stream("test", settings, environment())
    stream.start()
    return stream
  }

  /// A clip of drawn pictures that is to be turned when it is shown.
  private func writeClip(_ path: String, frames: Int, rotation: Rotation) throws {
    let sink = try MediaSink(path)
    for index in 0..<frames {
      let frame = Frame(width: 160, height: 96, format: .yuv420p)
      for (number, plane) in frame.planes.enumerated() {
        for y in 0..<plane.height {
          for x in 0..<plane.width { plane.row(y)[x] = UInt8((x * (number + 2) + y * y / 8 + 9 * index) % 220) }
        }
      }
      (frame.pts, frame.timeBase, frame.rotation) = (Int64(index), Rational(1, 25), rotation)
      try sink.write(frame)
    }
    try sink.finish()
  }

  /// What `verge segment --masks` makes of a clip.
  private func expectedMasks(_ clip: String) throws -> [LabelMap] {
    let source = try Media.open(clip)
    let model = try environment().networks.model("road").model
    let segmenter = try NetworkSegmenter(model, size: source.uprightSize, budget: 96 * 64, threads: 1)
    var options = SessionOptions(style: OverlayStyle(names: [], palette: Palette([])))
    options.masks.folder = folder("expected")
    try Session(source, segmenter, output: .none, options).run()
    return try folder.names(in: "expected").map { try ImageFile.readIndices(folder("expected/" + $0)) }
  }

  /// The grey frames of a recording as label maps.
  private func recorded(_ path: String) throws -> [LabelMap] {
    let source = try MediaSource(path)
    var maps: [LabelMap] = []
    while true {
      switch try source.next() {
      case .frame(let frame):
        let map = LabelMap(width: frame.width, height: frame.height)
        for y in 0..<map.height { for x in 0..<map.width { map[x: x, y: y] = frame.planes[0].row(y)[x] } }
        maps.append(map)
      case .end: return maps
      default: continue
      }
    }
  }

  private func expectEqual(_ maps: [LabelMap], _ expected: [LabelMap]) {
    #expect(maps.count == expected.count)
    for (index, (map, other)) in zip(maps, expected).enumerated() {
      #expect(map.width == other.width && map.height == other.height)
      #expect(map.count == other.count && map.buffer.elementsEqual(other.buffer), "mask \(index)")
    }
  }

  @Test(arguments: [Rotation.upright, Rotation(quarterTurns: 1)])
  func theyAreThoseOfSegment(rotation: Rotation) throws {
    let clip = folder("clip.mp4")
    try writeClip(clip, frames: 30, rotation: rotation)
    let expected = try expectedMasks(clip)
    #expect(expected.count == 30 && Set(expected.flatMap { Array($0.buffer) }).count > 1)
    #expect((expected[0].width, expected[0].height) == rotation.displaySize(width: 160, height: 96))
    var settings = settings(clip, ["video/front.mkv", "pictures/front/"])
    (settings.loop, settings.paced) = (false, false)
    let stream = try started(settings)
    #expect(soon { stream.now.state == .ended })
    #expect(stream.end())
    #expect(stream.now.outputs.allSatisfy { $0.frames == 30 && $0.dropped == 0 && $0.state == .ended })
    let names = folder.names(in: "pictures/front")
    try expectEqual(names.map { try ImageFile.readIndices(folder("pictures/front/" + $0)) }, expected)
    let videos = folder.names(in: "video")
    #expect(videos.count == 1 && videos[0].hasPrefix("front-2"))
    try expectEqual(recorded(folder("video/" + videos[0])), expected)
  }

  @Test(.enabled(if: hasFFmpeg, "needs ffprobe")) func recordingsAreCutAndAllPlay() throws {
    var settings = settings("scenes:160x96@30", ["rec/front.mkv"])
    settings.recording.every.seconds = 1
    let stream = try started(settings)
    #expect(soon { folder.names(in: "rec").count >= 3 })
    #expect(stream.end())
    let names = folder.names(in: "rec")
    let counts = names.map { decodedFrames(folder("rec/" + $0)) }
    let status = stream.now
    #expect(counts.allSatisfy { $0 > 0 } && counts.reduce(0, +) == status.outputs[0].frames, "\(counts)")
    #expect(status.outputs[0].frames + status.outputs[0].dropped == status.frames.shown)
    let codec = judge(
      "ffprobe",
      ["-v", "error", "-show_entries", "stream=codec_name,pix_fmt", "-of", "csv=p=0", folder("rec/" + names[0])])
    #expect(codec?.trimmingCharacters(in: .whitespacesAndNewlines) == "ffv1,gray")
  }

  @Test func oldPicturesAreDeletedAndTheDiskMayBeAway() throws {
    try Data().write(to: URL(fileURLWithPath: folder("pictures")))  // in the folder's place
    var settings = settings("scenes:160x96@30", ["pictures/"])
    (settings.recording.every.seconds, settings.recording.keep.seconds) = (1, 1)
    let stream = try started(settings)
    #expect(soon { stream.now.outputs[0].state == .retrying && stream.now.frames.shown > 10 })
    try FileManager.default.removeItem(atPath: folder("pictures"))
    #expect(soon { stream.now.outputs[0].frames > 75 })
    #expect(stream.now.outputs[0].reconnects == 1)
    #expect(soon { folder.names(in: "pictures").count < 70 })
    #expect(stream.end())
    let output = stream.now.outputs[0]
    #expect(output.frames + output.dropped == stream.now.frames.shown)
  }

  @Test(arguments: ["masks:front.mp4", "masks:", "masks:masks/front"])
  func whatIsNoFolderAndNoMatroskaIsRefused(output: String) throws {
    let yaml = "streams: { a: { source: 'scenes:', outputs: ['\(output)'] } }"
    let error = #expect(throws: SettingsError.self) { try DaemonConfiguration.read(yaml, from: "verge.yaml") }
    #expect("\(try #require(error))".contains("outputs must name a folder"))
  }

  @Test func noTwoOutputsWriteTheSameMasks() throws {
    let yaml = "streams: { a: { source: 'scenes:', outputs: ['masks:a.mkv', a.mkv] } }"
    #expect(throws: SettingsError.self) { try DaemonConfiguration.read(yaml, from: "verge.yaml") }
  }
}
