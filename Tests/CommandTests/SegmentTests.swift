// `segment` as its users meet it, with ffprobe as the judge.
import Foundation
import Testing

@Suite struct SegmentTests {
  @Test func withoutAnOutputTheOverlayLiesBesideTheInput() throws {
    let folder = try Folder()
    try FileManager.default.copyItem(at: Clips.street(), to: folder["drive.mp4"])
    let run = try Program.run("segment", "drive.mp4", in: folder)
    #expect(run.status == 0, "\(run.talk)")
    #expect(run.output.isEmpty)
    #expect(try folder.names() == ["drive.mp4", "drive.overlay.mp4"])
  }

  @Test func timesColoursAndSoundAreTheInputs() throws {
    let (folder, input) = (try Folder(), try Clips.street())
    let run = try Program.run("segment", input.path, "-o", "out.mp4", "--quiet", in: folder)
    #expect(run.status == 0, "\(run.talk)")
    #expect(run.talk.isEmpty)
    let output = folder["out.mp4"]
    #expect(try FFmpeg.frameCount(output) == 50)
    #expect(try times(output) == times(input))
    #expect(try looks(output) == looks(input))
    #expect(try FFmpeg.audioHash(output) == FFmpeg.audioHash(input))
    #expect(try FFmpeg.complaints(about: output) == "")
  }

  @Test func noAudioLeavesTheSoundOut() throws {
    let folder = try Folder()
    let run = try Program.run("segment", Clips.street().path, "-o", "out.mp4", "--no-audio", in: folder)
    #expect(run.status == 0, "\(run.talk)")
    #expect(try FFmpeg.probe(folder["out.mp4"], entries: "stream=codec_type") == ["video"])
  }

  @Test func rotationAndPixelShapeAreKeptAndMasksAreUpright() throws {
    let folder = try Folder()
    let turned = try Clips.street(as: "turned.mp4", "-metadata:s:v:0", "rotate=90", "-aspect", "64:27")
    let run = try Program.run("segment", turned.path, "-o", "out.mp4", "--masks", "masks", "--limit", "3", in: folder)
    #expect(run.status == 0, "\(run.talk)")
    #expect(try looks(folder["out.mp4"]) == looks(turned))
    let rotation = try FFmpeg.probe(folder["out.mp4"], "-select_streams", "v:0", entries: "stream_side_data=rotation")
    #expect(try rotation == FFmpeg.probe(turned, "-select_streams", "v:0", entries: "stream_side_data=rotation"))
    #expect(try FFmpeg.probe(folder["masks/000000.png"], entries: "stream=width,height") == ["180,320"])
  }

  @Test func masksAreNamedByFrameAndOfTheFramesSize() throws {
    let folder = try Folder()
    let run = try Program.run(
      "segment", Clips.street().path, "-o", "null:", "--masks", "masks", "--limit", "4", in: folder)
    #expect(run.status == 0, "\(run.talk)")
    #expect(try folder.names(in: "masks") == ["000000.png", "000001.png", "000002.png", "000003.png"])
    #expect(try FFmpeg.probe(folder["masks/000003.png"], entries: "stream=width,height,pix_fmt") == ["320,180,pal8"])
  }

  @Test func aPictureGivesAPictureAndAMaskOfItsName() throws {
    let folder = try Folder()
    let picture = try Clips.picture(width: 123, height: 77)
    let run = try Program.run("segment", picture.path, "-o", "over.png", "--masks", "masks", in: folder)
    #expect(run.status == 0, "\(run.talk)")
    #expect(try FFmpeg.probe(folder["over.png"], entries: "stream=width,height") == ["123,77"])
    #expect(try folder.names(in: "masks") == ["123x77.png"])
  }

  @Test func jsonLinesTellEveryFrame() throws {
    let folder = try Folder()
    let run = try Program.run(
      "segment", Clips.street().path, "-o", "null:", "--jsonl", "-", "--rle", "--limit", "5", in: folder)
    #expect(run.status == 0, "\(run.talk)")
    let lines = run.text.split(separator: "\n")
    #expect(lines.count == 5)
    for (number, line) in lines.enumerated() {
      let record = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      #expect(record["frame"] as? Int == number)
      let shares = try #require(record["classes"] as? [String: Double])
      #expect(abs(shares.values.reduce(0, +) - 1) < 0.001)
      for key in ["pts", "time", "latency_ms"] { #expect(record[key] != nil, "\(key)") }
    }
  }

  @Test func theReportHasEveryFieldOfTheContractAndReconciles() throws {
    let run = try Program.run("segment", Clips.street().path, "-o", "null:", "--json", "--every", "3")
    #expect(run.status == 0, "\(run.talk)")
    let report = try Report.decode(run)
    #expect(report.frames.in == 50)
    #expect(report.frames.skipped == 33)
    let frames = report.frames
    #expect(frames.in == frames.shown + frames.skipped + frames.late + frames.undecodable)
    #expect(report.fps > 0 && report.seconds > 0 && report.firstFrameMs > 0 && report.rssMb > 0)
    #expect(report.stages.count >= 3)
  }

  @Test func aPipeGivesTheSameMasksAsTheFile() throws {
    let folder = try Folder()
    let clip = try Clips.street(as: "street.ts", "-f", "mpegts").path
    let direct = try Program.run("segment", clip, "-o", "md5:")
    let piped = try Program.shell("cat '\(clip)' | verge segment - -o md5:", in: folder)
    #expect(direct.status == 0 && piped.status == 0, "\(direct.talk) \(piped.talk)")
    #expect(hash(direct) != nil)
    #expect(hash(direct) == hash(piped))
  }

  @Test func rawFramesAndY4MGiveTheSameMasks() throws {
    let folder = try Folder()
    let decode = try "ffmpeg -v error -i '\(Clips.street().path)' -pix_fmt yuv420p"
    let raw = try Program.shell(
      "\(decode) -f rawvideo - | verge segment - --raw 320x180:yuv420p@25 -o md5:", in: folder)
    let y4m = try Program.shell("\(decode) -f yuv4mpegpipe - | verge segment - -o md5:", in: folder)
    #expect(raw.status == 0 && y4m.status == 0, "\(raw.talk) \(y4m.talk)")
    #expect(hash(raw) != nil)
    #expect(hash(raw) == hash(y4m))
  }

  @Test func everyTierAndThreadCountGivesTheSameMasks() throws {
    let reference = try Program.run("segment", Clips.street().path, "-o", "md5:", "--limit", "8", "--cpu", "c")
    let expected = try #require(hash(reference), "\(reference.talk)")
    for tier in try Program.supportedTiers() {
      for threads in ["1", "2", "3"] {
        let run = try Program.run(
          "segment", Clips.street().path, "-o", "md5:", "--limit", "8", "--cpu", tier, "--threads", threads)
        #expect(hash(run) == expected, "\(tier), \(threads) threads: \(run.talk)")
      }
    }
  }

  @Test func standardOutputCarriesTheVideoAndNothingElse() throws {
    let folder = try Folder()
    let run = try Program.shell(
      "verge segment '\(Clips.street().path)' -o - --format matroska --hud --legend >out.mkv", in: folder)
    #expect(run.status == 0, "\(run.talk)")
    #expect(try FFmpeg.frameCount(folder["out.mkv"]) == 50)
    #expect(try FFmpeg.complaints(about: folder["out.mkv"]) == "")
  }

  @Test func startDurationAndLimitSelectFrames() throws {
    let run = try Program.run(
      "segment", Clips.street().path, "-o", "null:", "--json", "--start", "0.4", "--duration", "800ms")
    #expect(run.status == 0, "\(run.talk)")
    #expect(try Report.decode(run).frames.shown == 20)
  }

  @Test func anUnknownClassToPaintIsNamedWithTheKnownOnes() throws {
    let run = try Program.run("segment", Clips.street().path, "-o", "null:", "--classes", "road,unicorn")
    expectFailure(run, saying: "unicorn", "car")
  }

  private func hash(_ run: Run) -> Substring? {
    guard run.status == 0, let line = run.text.split(separator: "\n").last else { return nil }
    return line.wholeMatch(of: /(?:MD5=)?([0-9a-f]{32})/)?.1
  }

  private func times(_ file: URL) throws -> [String] {
    try FFmpeg.probe(file, "-select_streams", "v:0", entries: "frame=pts_time")
  }

  private func looks(_ file: URL) throws -> [String] {
    try FFmpeg.probe(
      file, "-select_streams", "v:0",
      entries: "stream=width,height,sample_aspect_ratio,color_range,color_space,color_transfer,color_primaries")
  }
}

/// The contract's object of `segment --json` and `bench --json`.
struct Report: Decodable {
  struct Frames: Decodable { var `in`, shown, skipped, late, undecodable: Int }
  struct Latency: Decodable { var p50, p95, p99, max: Double }
  struct Stage: Decodable {
    var name: String
    var p50, p95, p99, busy: Double
  }

  var frames: Frames
  var seconds, fps, firstFrameMs: Double
  var latencyMs: Latency
  var stages: [Stage]
  var rssMb: Double

  /// - Throws: when standard output is anything else than this one object.
  static func decode(_ run: Run) throws -> Report {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Report.self, from: run.output)
  }
}
