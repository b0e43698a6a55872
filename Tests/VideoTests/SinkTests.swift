import Foundation
import Frames
import Testing
import Video

/// What Verge writes, judged by FFmpeg's command line.
@Suite(.enabled(if: hasFFmpeg, "needs ffmpeg and ffprobe"))
struct SinkTests {
  let folder = TestFolder()

  /// Input by FFmpeg's arguments, suffix of the output, tolerance of times in seconds.
  static let routes: [(String, String, String, Double)] = [
    ("a.mp4", "-f lavfi -i testsrc2=s=160x90:r=25:d=2 -c:v libx264 -bf 3 -pix_fmt yuv420p", "mp4", 0),
    ("a.mkv", "-f lavfi -i testsrc2=s=160x90:r=30000/1001:d=2 -c:v libx264 -bf 3 -pix_fmt yuv420p", "mp4", 0),
    ("a.mp4", "-f lavfi -i testsrc2=s=160x90:r=30000/1001:d=2 -c:v libx264 -pix_fmt yuv420p", "mkv", 0.0006),
    ("a.ts", "-f lavfi -i testsrc2=s=160x90:r=25:d=2 -c:v libx264 -pix_fmt yuv420p", "ts", 0),
    ("a.ts", "-f lavfi -i testsrc2=s=160x90:r=25:d=2 -c:v libx264 -pix_fmt yuv420p", "mp4", 0),
    ("a.mp4", "-f lavfi -i testsrc2=s=160x90:r=25:d=1 -c:v libx264 -pix_fmt yuv420p -output_ts_offset 3.2", "mp4", 0),
    (
      "a.mp4", "-f lavfi -i testsrc2=s=160x90:r=25:d=1 -c:v libx264 -pix_fmt yuv420p -output_ts_offset 3.2", "mkv",
      0.0006
    ),
    (
      "a.mp4",
      "-f lavfi -i testsrc2=s=160x90:r=25:d=2 -vf select='not(mod(n\\,3))+eq(n\\,7)' -vsync vfr -c:v libx264 -bf 2",
      "mp4", 0
    ),
  ]

  @Test(arguments: routes)
  func timesAreTheSources(name: String, arguments: String, suffix: String, tolerance: Double) throws {
    let (input, output) = (folder.file(name), folder.file("out.\(suffix)"))
    try #require(ffmpeg("\(arguments) \(input)"))
    try transcode(input, output)
    let (before, after) = (probedSeconds(input), probedSeconds(output))
    #expect(before.count == after.count && !before.isEmpty)
    #expect(zip(before, after).allSatisfy { abs($0 - $1) <= tolerance + 0.000002 }, "\(before) \(after)")
    // Transport streams count from their first time; with uneven frames the last one decoded is not the last one shown.
    let slack = arguments.contains("select") ? 0.13 : 0.05
    #expect(name.hasSuffix("ts") || abs(length(input) - length(output)) < slack)
  }

  @Test(arguments: [25, 12800, 90000]) func ticksOfAnMP4AreTheSources(timescale: Int) throws {
    let (input, output) = (folder.file("in.mp4"), folder.file("out.mp4"))
    try #require(
      ffmpeg(
        "-f lavfi -i testsrc2=s=64x36:r=25:d=1 -c:v libx264 -bf 2 -pix_fmt yuv420p -video_track_timescale \(timescale) "
          + input))
    try transcode(input, output)
    let ticks = "-select_streams v -show_entries stream=time_base:packet=pts -of csv=p=0"
    #expect(probe(output, ticks).split(separator: "\n").sorted() == probe(input, ticks).split(separator: "\n").sorted())
    #expect(probe(output, ticks).contains("1/\(timescale)"))
  }

  @Test(arguments: ["mp4", "mkv"]) func recordingTimeAndPlaceAreKept(suffix: String) throws {
    let (input, output) = (folder.file("in.\(suffix)"), folder.file("out.\(suffix)"))
    try #require(
      ffmpeg(
        "-f lavfi -i testsrc2=s=64x36:r=25:d=1 -c:v libx264 -pix_fmt yuv420p -metadata location=+48.8577+002.295/ "
          + "-metadata creation_time=2024-05-06T07:08:09Z \(input)"))
    try transcode(input, output)
    for tag in ["creation_time", "location"] {
      let entry = "-show_entries format_tags=\(tag) -of csv=p=0"
      let before = probe(input, entry)
      #expect(!before.isEmpty && before == probe(output, entry))
    }
  }

  @Test(arguments: ["mp4", "mkv", "ts"])
  func soundIsCopiedBitForBitAndInTime(suffix: String) throws {
    let (input, output) = (folder.file("in.\(suffix)"), folder.file("out.\(suffix)"))
    try #require(
      ffmpeg(
        "-f lavfi -i testsrc2=s=160x90:r=25:d=3 -itsoffset 0.3 -f lavfi -i sine=d=2.5 -f lavfi -i sine=f=880:d=3 "
          + "-map 0 -map 1 -map 2 -c:v libx264 -pix_fmt yuv420p -c:a:0 aac -c:a:1 mp2 \(input)"))
    try transcode(input, output)
    for stream in ["a:0", "a:1"] {
      #expect(streamHash(input, stream) == streamHash(output, stream))
      let (before, after) = (probedSeconds(input, stream: stream), probedSeconds(output, stream: stream))
      #expect(before.count == after.count)
      #expect(
        zip(before, after).allSatisfy { abs($0 - $1) < 0.0011 }, "\(suffix) \(before.prefix(3)) \(after.prefix(3))")
    }
    #expect(zip(probedSeconds(input), probedSeconds(output)).allSatisfy { abs($0 - $1) < 0.0011 })
  }

  @Test func colourAspectAndRotationAreTheInputs() throws {
    let (plain, input, output) = (folder.file("p.mp4"), folder.file("in.mp4"), folder.file("out.mp4"))
    try #require(
      ffmpeg(
        "-f lavfi -i testsrc2=s=160x90:r=25:d=0.4 -vf setsar=1251/1240 -c:v libx264 -pix_fmt yuv420p -colorspace bt709 "
          + "-color_primaries bt709 -color_trc bt709 -color_range pc -chroma_sample_location left \(plain)"))
    try #require(ffmpeg("-i \(plain) -c copy -metadata:s:v:0 rotate=90 \(input)"))
    try transcode(input, output)
    let entries =
      "-select_streams v:0 -show_entries stream=width,height,pix_fmt,color_range,color_space,color_transfer,"
      + "color_primaries,sample_aspect_ratio,chroma_location:stream_side_data=rotation -of default"
    #expect(probe(input, entries) == probe(output, entries))
    #expect(probe(output, entries).contains("rotation"))
  }

  @Test(arguments: [
    ("mkv", "libx264", "yuv420p10le"), ("mkv", "libx264", "yuv444p"), ("mkv", "libx265", "yuv420p10le"),
    ("mkv", "ffv1", "yuv422p10le"), ("mkv", "ffv1", "gbrp"), ("mkv", "libx264rgb", "gbrp"),
    ("webm", "libvpx-vp9", "yuv420p"),
    ("mp4", "mpeg4", "yuv420p"), ("mov", "prores_ks", "yuv422p10le"), ("mp4", "libx264", "yuv422p"),
    ("mp4", "libsvtav1", "yuv420p"),
  ])
  func depthAndChromaStay(suffix: String, codec: String, format: String) throws {
    let (input, output) = (folder.file("in.mkv"), folder.file("out.\(suffix)"))
    try #require(ffmpeg("-f lavfi -i testsrc2=s=160x96:r=25:d=0.6 -c:v ffv1 -pix_fmt \(format) \(input)"))
    try transcode(input, output) { $0.codec = codec }
    let found = probe(output, "-select_streams v:0 -show_entries stream=pix_fmt -of csv=p=0")
    #expect(found == (codec == "ffv1" && format == "gbrp" ? "bgr0" : format), "FFV1 keeps 8-bit RGB packed")
    #expect(probedCount(output) == 15)
  }

  @Test(arguments: ["yuv420p", "gbrp", "rgb24", "gray"])
  func losslessEncodersKeepEverySample(format: String) throws {
    let (input, output) = (folder.file("in.mkv"), folder.file("out.mkv"))
    try #require(
      ffmpeg(
        "-f lavfi -i testsrc2=s=67x35:r=25:d=0.2 -c:v ffv1 -pix_fmt \(format == "rgb24" ? "bgr0" : format) \(input)"))
    try transcode(input, output) { $0.codec = "ffv1" }
    func hash(_ path: String) -> String? {
      run(
        "ffmpeg",
        [
          "-v", "error", "-i", path, "-pix_fmt", format == "gray" ? "gray" : "gbrp", "-sws_flags", "accurate_rnd", "-f",
          "md5", "-",
        ])
    }
    #expect(hash(input) != nil && hash(input) == hash(output))
  }

  @Test func oddSizesStayOdd() throws {
    let (input, output) = (folder.file("in.mkv"), folder.file("out.mp4"))
    try #require(ffmpeg("-f lavfi -i testsrc=s=161x91:r=25:d=0.2 -c:v ffv1 -pix_fmt yuv420p \(input)"))
    let said = try transcode(input, output)
    #expect(probe(output, "-select_streams v -show_entries stream=width,height -of csv=p=0") == "161,91")
    #expect(said.contains { $0.contains("odd") })
  }

  @Test func aFinishedMP4IsOrdinaryAndFast() throws {
    let (input, output) = (folder.file("in.mp4"), folder.file("out.mp4"))
    try #require(ffmpeg("-f lavfi -i testsrc2=s=160x90:r=25:d=3 -f lavfi -i sine=d=3 -c:v libx264 -c:a aac \(input)"))
    try transcode(input, output)
    let boxes = topBoxes(output)
    #expect(boxes.prefix(2) == ["ftyp", "moov"] && boxes.contains("mdat") && !boxes.contains("moof"))
    #expect(!FileManager.default.fileExists(atPath: output + ".part"))
  }

  @Test func anAbortedMP4PlaysToItsLastMoment() throws {
    let (input, output) = (folder.file("in.mp4"), folder.file("out.mp4"))
    try #require(
      ffmpeg("-f lavfi -i testsrc2=s=160x90:r=25:d=4 -f lavfi -i sine=d=4 -c:v libx264 -bf 2 -c:a aac \(input)"))
    let source = try MediaSource(input)
    let sink = try MediaSink(output, copying: source.packets.otherStreams, SinkOptions(for: source.packets))
    var frames = 0
    while frames < 90 {
      switch try source.next() {
      case .frame(let frame):
        try sink.write(frame)
        frames += 1
      case .packet(let packet): try sink.write(packet)
      default: break
      }
    }
    // The file as a kill would leave it now.
    let copy = folder.file("killed.mp4")
    try FileManager.default.copyItem(atPath: output, toPath: copy)
    let killed = try Reading(copy)
    #expect(killed.frames.count >= 90 - 35, "\(killed.frames.count) of 90")
    let (found, wanted) = (killed.frames.compactMap(\.seconds), probedSeconds(input))
    // The very last frames may be cut off in decoding order.
    #expect(zip(found.dropLast(3), wanted).allSatisfy { abs($0 - $1) < 0.0001 }, "\(found)")
    let sound = probedSeconds(copy, stream: "a:0")
    #expect(abs(sound[0] - probedSeconds(input, stream: "a:0")[0]) < 0.0001)
    sink.abort()
  }

  @Test func streamsThatDoNotFitAreNamed() throws {
    let (text, input) = (folder.file("s.srt"), folder.file("in.mkv"))
    try "1\n00:00:00,100 --> 00:00:01,000\nHello\n".write(toFile: text, atomically: true, encoding: .utf8)
    try #require(ffmpeg("-f lavfi -i testsrc2=s=160x90:r=25:d=1 -i \(text) -c:v libx264 -c:s srt \(input)"))
    let said = try transcode(input, folder.file("out.mp4"))
    #expect(said.contains { $0.contains("subtitle (subrip)") && $0.contains("left out") })
    let kept = try transcode(input, folder.file("out.mkv"))
    #expect(!kept.contains { $0.contains("left out") })
    #expect(streamHash(folder.file("out.mkv"), "s:0") == streamHash(input, "s:0"))
  }

  @Test func flashTakesReorderedVideoWithSound() throws {
    let (input, output) = (folder.file("in.mp4"), folder.file("out.flv"))
    try #require(
      ffmpeg("-f lavfi -i testsrc2=s=160x90:r=25:d=4 -f lavfi -i sine=d=4 -c:v libx264 -bf 3 -c:a aac \(input)"))
    try transcode(input, output)
    #expect(probedCount(output) == 100 && streamHash(output, "a:0") == streamHash(input, "a:0"))
  }

  @Test func captionsAreCopiedOnce() throws {
    let (text, input, output) = (folder.file("s.srt"), folder.file("in.mp4"), folder.file("out.mp4"))
    try "1\n00:00:00,100 --> 00:00:00,900\nHello\n\n2\n00:00:02,100 --> 00:00:02,900\nWorld\n".write(
      toFile: text, atomically: true, encoding: .utf8)
    try #require(ffmpeg("-f lavfi -i testsrc2=s=160x90:r=25:d=4 -i \(text) -c:v libx264 -c:s mov_text \(input)"))
    try transcode(input, output)
    func captions(_ path: String) -> String {
      probe(path, "-select_streams s -show_entries packet=pts_time,duration_time,size -of csv=p=0")
    }
    #expect(captions(output) == captions(input) && !captions(input).isEmpty)
    #expect(streamHash(output, "s:0") == streamHash(input, "s:0"))
  }

  @Test func aCutBeginsWhereTheSourceBegins() throws {
    let (input, output) = (folder.file("in.mp4"), folder.file("out.mp4"))
    try #require(
      ffmpeg("-f lavfi -i testsrc2=s=64x48:r=25:d=6 -f lavfi -i sine=d=6 -c:v libx264 -g 25 -c:a aac \(input)"))
    var options = SourceOptions()
    (options.start, options.duration) = (2, 1)
    try transcode(input, output, source: options)
    let times = probedSeconds(output)
    #expect(times.count == 25 && abs(times[0]) < 0.0001)
    let sound = probedSeconds(output, stream: "a:0")
    #expect(sound[0] >= -0.0001 && sound[0] < 0.03 && sound.count > 40)
  }

  @Test func y4mRawImagesAndNothing() throws {
    let input = folder.file("in.mkv")
    try #require(ffmpeg("-f lavfi -i testsrc2=s=64x48:r=25:d=0.4 -c:v ffv1 -pix_fmt yuv420p \(input)"))
    try transcode(input, folder.file("out.y4m"))
    #expect(try Reading(folder.file("out.y4m")).frames.count == 10)
    try transcode(input, folder.file("out.yuv"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("out.yuv"))).count == 64 * 48 * 3 / 2 * 10)
    try FileManager.default.createDirectory(atPath: folder.file("images"), withIntermediateDirectories: true)
    try transcode(input, folder.file("images/%04d.png"))
    #expect(try Reading(folder.file("images")).frames.count == 10)
    #expect(FileManager.default.fileExists(atPath: folder.file("images/0000.png")))
    try transcode(folder.file("images/0003.png"), folder.file("one.jpg"))
    #expect(try ImageFile.read(folder.file("one.jpg")).width == 64)
    try transcode(input, "null:")
  }

  @Test func whatCannotSayRotationGetsTurnedPixels() throws {
    let (plain, input, output) = (folder.file("p.mp4"), folder.file("in.mp4"), folder.file("out.mkv"))
    try #require(ffmpeg("-f lavfi -i testsrc2=s=160x90:r=25:d=0.2 -c:v libx264 -pix_fmt yuv420p \(plain)"))
    try #require(ffmpeg("-i \(plain) -c copy -metadata:s:v:0 rotate=90 \(input)"))
    try transcode(input, output) { $0.codec = "ffv1" }
    func hash(_ path: String) -> String? { run("ffmpeg", ["-v", "error", "-i", path, "-f", "md5", "-"]) }
    #expect(hash(output) != nil && hash(input) == hash(output), "FFmpeg turns the input by itself")
  }

  @Test func masksAreWrittenAsLosslessGrey() throws {
    let output = folder.file("masks.mkv")
    var options = SinkOptions()
    options.codec = "ffv1"
    let sink = try MediaSink(output, options)
    for number in 0..<5 {
      let frame = Frame(width: 33, height: 21, format: .gray8)
      for y in 0..<21 { for x in 0..<33 { frame.planes[0].row(y)[x] = UInt8((x + y + number) % 12) } }
      (frame.pts, frame.timeBase) = (Int64(number * number * 40), Rational(1, 1000))
      try sink.write(frame)
    }
    try sink.finish()
    #expect(probe(output, "-show_entries stream=pix_fmt -of csv=p=0") == "gray")
    let reading = try Reading(output)
    #expect(reading.pts == [0, 40, 160, 360, 640])
    #expect(reading.frames[4].planes[0].row(20)[32] == UInt8((32 + 20 + 4) % 12))
  }

  @Test func aChangeOfSizeIsScaledToTheFirst() throws {
    let output = folder.file("out.mkv")
    let sink = try MediaSink(output)
    for (number, size) in [(64, 48), (128, 96), (32, 20)].enumerated() {
      let frame = Frame(width: size.0, height: size.1, format: .yuv420p)
      (frame.pts, frame.timeBase) = (Int64(number), Rational(1, 25))
      try sink.write(frame)
    }
    try sink.finish()
    #expect(try Reading(output).frames.allSatisfy { $0.width == 64 && $0.height == 48 })
  }

  private func length(_ path: String) -> Double {
    Double(probe(path, "-show_entries format=duration -of csv=p=0")) ?? -1
  }

  private func topBoxes(_ path: String) -> [String] {
    guard let data = FileManager.default.contents(atPath: path) else { return [] }
    var (names, place) = ([String](), 0)
    while place + 8 <= data.count {
      let size = data[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
      names.append(String(decoding: data[place + 4..<place + 8], as: UTF8.self))
      place += max(8, size)
    }
    return names
  }
}
