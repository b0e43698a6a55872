import Foundation
import Frames
import Testing
import Video

/// Clips made by FFmpeg's command line, read by Verge, judged by ffprobe.
@Suite(.enabled(if: hasFFmpeg, "needs ffmpeg and ffprobe"))
struct SourceTests {
  let folder = TestFolder()

  /// Name, FFmpeg's arguments before the output.
  static let clips: [(String, String)] = [
    ("plain.mp4", "-f lavfi -i testsrc2=s=160x90:r=25:d=2 -c:v libx264 -bf 3 -pix_fmt yuv420p"),
    ("odd.mkv", "-f lavfi -i testsrc=s=161x91:r=30000/1001:d=1 -c:v ffv1 -pix_fmt yuv420p"),
    ("transport.ts", "-f lavfi -i testsrc2=s=160x90:r=25:d=2 -c:v libx264 -bf 2 -pix_fmt yuv420p"),
    ("offset.mp4", "-f lavfi -i testsrc2=s=160x90:r=25:d=1 -c:v libx264 -pix_fmt yuv420p -output_ts_offset 3.2"),
    (
      "negative.mkv",
      "-itsoffset -0.5 -f lavfi -i testsrc2=s=160x90:r=25:d=1 -c:v mpeg4 -copyts -avoid_negative_ts disabled"
    ),
    (
      "vfr.mp4",
      "-f lavfi -i testsrc2=s=160x90:r=25:d=2 -vf select='not(mod(n\\,3))+eq(n\\,7)' -vsync vfr -c:v libx264 -bf 2"
    ),
    (
      "deep.mkv", "-f lavfi -i testsrc2=s=160x90:r=25:d=1 -c:v libx265 -pix_fmt yuv420p10le -x265-params log-level=none"
    ),
    ("dense.mp4", "-f lavfi -i testsrc2=s=160x90:r=25:d=1 -c:v libx264 -pix_fmt yuv444p"),
    ("nine.webm", "-f lavfi -i testsrc2=s=160x90:r=25:d=1 -c:v libvpx-vp9 -cpu-used 8 -deadline realtime"),
    ("old.avi", "-f lavfi -i testsrc2=s=160x90:r=25:d=1 -c:v mpeg4 -bf 2"),
    ("raw.y4m", "-f lavfi -i testsrc2=s=33x17:r=10:d=1 -pix_fmt yuv420p"),
    ("two.mpg", "-f lavfi -i testsrc2=s=160x90:r=25:d=1 -c:v mpeg2video -bf 2"),
  ]

  @Test(arguments: clips)
  func countAndTimesAreFFprobes(name: String, arguments: String) throws {
    let path = folder.file(name)
    try #require(ffmpeg("\(arguments) \(path)"))
    let reading = try Reading(path)
    #expect(reading.pts.starts(with: probedTimes(path)), "ffprobe gives a last frame without a time none")
    #expect(reading.frames.count == probedCount(path))
    #expect(!reading.frames.isEmpty && reading.undecodable == 0 && !reading.truncated)
    #expect(reading.frames.map(\.index) == Array(0..<reading.frames.count))
  }

  @Test(.enabled(if: !sharedClips().isEmpty, "needs the real clips of ../shared/data/video"), arguments: sharedClips())
  func realClipsAgreeWithFFprobe(path: String) throws {
    let source = try MediaSource(path)
    var times: [Int64] = []
    loop: while true {
      switch try source.next() {
      case .frame(let frame): times.append(frame.pts ?? -1)
      case .undecodable: Issue.record("a frame of \(path) is undecodable")
      case .packet: break
      case .end(let truncated):
        #expect(!truncated)
        break loop
      }
    }
    #expect(times == probedTimes(path))
    #expect(times.count == source.video.frameCount)
  }

  @Test func colourAndAspectAreTheStreams() throws {
    let path = folder.file("color.mp4")
    try #require(
      ffmpeg(
        "-f lavfi -i testsrc2=s=160x90:r=25:d=0.2 -vf setsar=4/3 -c:v libx264 -pix_fmt yuv420p -colorspace bt709 "
          + "-color_primaries bt709 -color_trc bt709 -color_range pc \(path)"))
    let frame = try #require(try Reading(path).frames.first)
    #expect(frame.color.matrix == 1 && frame.color.range == .full && frame.color.primaries == 1)
    #expect(frame.color.transfer == 1 && frame.sampleAspectRatio == Rational(4, 3))
  }

  @Test(arguments: [(90, 3), (180, 2), (270, 1)])
  func rotationIsTheContainers(degrees: Int, turns: Int) throws {
    let (plain, path) = (folder.file("plain.mp4"), folder.file("turned.mp4"))
    try #require(ffmpeg("-f lavfi -i testsrc2=s=160x90:r=25:d=0.2 -c:v libx264 -pix_fmt yuv420p \(plain)"))
    try #require(ffmpeg("-i \(plain) -c copy -metadata:s:v:0 rotate=\(degrees) \(path)"))
    let frame = try #require(try Reading(path).frames.first)
    #expect(frame.rotation == Rotation(quarterTurns: turns), "FFmpeg's tag turns counterclockwise")
    #expect(frame.displaySize.width == (degrees == 180 ? 160 : 90))
    // FFmpeg's own player turns the picture by its autorotate filter: the same pixels must come out.
    let judged = folder.file("judged.png")
    try #require(ffmpeg("-i \(path) -frames:v 1 \(judged)"))
    let expected = try ImageFile.readRGB(judged)
    let found = try Scaler(width: expected.width, height: expected.height, format: .rgb24).scale(frame)
    #expect(
      meanDifference(found, expected) < 6, "chroma is interpolated differently, but a wrong turn would be far off")
  }

  @Test func otherStreamsComeAlongUntouched() throws {
    let path = folder.file("sound.mkv")
    try #require(
      ffmpeg(
        "-f lavfi -i testsrc2=s=160x90:r=25:d=2 -f lavfi -i sine=d=2 -f lavfi -i sine=f=880:d=2 -map 0 -map 1 -map 2 "
          + "-c:v libx264 -c:a:0 aac -c:a:1 flac \(path)"))
    let reading = try Reading(path)
    #expect(Set(reading.packets.map { $0.stream.codec }) == ["aac", "flac"])
    let counts = probe(path, "-count_packets -select_streams a -show_entries stream=nb_read_packets -of csv=p=0")
    #expect(counts.split(separator: "\n").compactMap { Int($0) }.reduce(0, +) == reading.packets.count)
  }

  @Test func startAndDurationCutEveryStream() throws {
    for suffix in ["mp4", "ts", "mkv"] {
      let path = folder.file("long.\(suffix)")
      try #require(
        ffmpeg(
          "-f lavfi -i testsrc2=s=64x48:r=25:d=8 -f lavfi -i sine=d=8 -c:v libx264 -g 50 -bf 2 -c:a aac \(path)"))
      var options = SourceOptions()
      (options.start, options.duration) = (3, 2)
      let reading = try Reading(path, options)
      let base = try #require(probedTimes(path).first)
      let tick = try #require(reading.frames.first).timeBase.value
      #expect(reading.frames.count == 50, "\(suffix)")
      #expect(abs(Double(try #require(reading.pts.first) - base) * tick - 3) < 0.005, "\(suffix)")
      let times = reading.packets.compactMap { p in p.pts.map { Double($0) * p.stream.timeBase.value } }
      let zero = Double(base) * tick
      #expect(try #require(times.min()) >= 3 + zero - 0.001 && #require(times.max()) < 5 + zero)
      #expect(times.count > 80 && reading.undecodable == 0 && !reading.truncated)
    }
  }

  @Test func aChangeOfSizeIsDelivered() throws {
    let (a, b, path) = (folder.file("a.ts"), folder.file("b.ts"), folder.file("both.ts"))
    try #require(ffmpeg("-f lavfi -i testsrc2=s=160x90:r=25:d=1 -c:v libx264 \(a)"))
    try #require(ffmpeg("-f lavfi -i testsrc2=s=320x180:r=25:d=1 -c:v libx264 \(b)"))
    var data = try Data(contentsOf: URL(fileURLWithPath: a))
    data.append(try Data(contentsOf: URL(fileURLWithPath: b)))
    try data.write(to: URL(fileURLWithPath: path))
    let reading = try Reading(path)
    #expect(reading.frames.filter { $0.width == 160 }.count == 25)
    #expect(reading.frames.filter { $0.width == 320 }.count == 25)
    #expect(zip(reading.pts, reading.pts.dropFirst()).allSatisfy(<), "the second clock goes on from the first")
  }

  @Test func imagesComeInNaturalOrderEachWithItsSize() throws {
    for number in [1, 2, 10, 9] {
      try ImageFile.writePNG(Frame(width: number * 3, height: 8, format: .rgb24), to: folder.file("p\(number).png"))
    }
    for name in [folder.path, folder.file("*.png")] {
      let reading = try Reading(name)
      #expect(reading.frames.map(\.width) == [3, 6, 27, 30])
      #expect(reading.pts == [0, 1, 2, 3])
    }
  }

  @Test func aBrokenImageAmongOthersIsCounted() throws {
    for number in 1...3 {
      try ImageFile.writePNG(Frame(width: 8, height: 8, format: .rgb24), to: folder.file("\(number).png"))
    }
    try Data("broken".utf8).write(to: URL(fileURLWithPath: folder.file("2.png")))
    let reading = try Reading(folder.path)
    #expect(reading.pts == [0, 2] && reading.undecodable == 1)
  }

  @Test func rawVideoIsReadByItsDescription() throws {
    let path = folder.file("raw.nv12")
    try #require(ffmpeg("-f lavfi -i testsrc2=s=64x48:r=10:d=1 -f rawvideo -pix_fmt nv12 \(path)"))
    var options = SourceOptions()
    options.raw = try RawVideoFormat("64x48:nv12@10")
    let reading = try Reading(path, options)
    #expect(reading.frames.count == 10 && reading.frames[0].format == .yuv420p)
  }
}
