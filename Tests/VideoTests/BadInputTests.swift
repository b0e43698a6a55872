import Dispatch
import Foundation
import Frames
import Testing
import Video

/// Sources that are not what they should be.
@Suite(.enabled(if: hasFFmpeg, "needs ffmpeg to make the files"))
struct BadInputTests {
  let folder = TestFolder()

  @Test func aMissingFileIsSaid() {
    #expect(throws: VideoError.cannotOpen("nowhere.mp4", cause: "No such file or directory")) {
      try Media.open("nowhere.mp4")
    }
  }

  @Test func anEmptyFileIsSaid() {
    write(Data(), "empty.mp4")
    #expect(throws: VideoError.notMedia(folder.file("empty.mp4"), cause: "the file is empty")) {
      try Media.open(folder.file("empty.mp4"))
    }
  }

  @Test(arguments: ["text.mp4", "text.txt", "text.png"])
  func textIsNoVideo(name: String) {
    write(Data(String(repeating: "This is a text, not a video.\n", count: 40).utf8), name)
    #expect(throws: VideoError.self) { try Media.open(folder.file(name)) }
  }

  @Test func aFolderWithoutImagesIsSaid() {
    #expect(throws: VideoError.cannotOpen(folder.path, cause: "no image in this folder")) {
      try Media.open(folder.path)
    }
  }

  @Test func anMP4WithoutItsIndexIsSaid() throws {
    let whole = try clip("whole.mp4", "-c:v libx264")
    write(whole.prefix(whole.count * 2 / 3), "cut.mp4")
    let error = #expect(throws: VideoError.self) { try Media.open(folder.file("cut.mp4")) }
    #expect("\(error!)".contains("moov") && "\(error!)".contains("cut off"))
  }

  @Test(arguments: [
    ("ts", "-c:v libx264 -c:a aac"), ("mkv", "-c:v libx264 -c:a aac"),
    ("mp4", "-c:v libx264 -c:a aac -movflags faststart"),
    ("mp4", "-c:v libx264 -movflags frag_keyframe+empty_moov -g 10"), ("y4m", "-an"), ("avi", "-c:v mpeg4 -c:a mp3"),
  ])
  func aTruncatedFilePlaysAndSaysSo(suffix: String, arguments: String) throws {
    let whole = try clip("whole.\(suffix)", arguments)
    write(whole.prefix(whole.count * 2 / 3 + 1), "cut.\(suffix)")
    let (all, part) = (try Reading(folder.file("whole.\(suffix)")), try Reading(folder.file("cut.\(suffix)")))
    #expect(!all.truncated && all.frames.count == 75, "\(suffix)")
    #expect(part.truncated && part.frames.count > 25 && part.frames.count < 75, "\(suffix): \(part.frames.count)")
  }

  @Test func soundAloneIsNoVideo() throws {
    try #require(ffmpeg("-f lavfi -i sine=d=1 -c:a aac \(folder.file("sound.m4a"))"))
    let error = #expect(throws: VideoError.self) { try Media.open(folder.file("sound.m4a")) }
    #expect("\(error!)".contains("audio (aac"))
  }

  @Test func aCoverPictureIsNoVideo() throws {
    try ImageFile.writePNG(Frame(width: 32, height: 32, format: .rgb24), to: folder.file("cover.png"))
    let path = folder.file("song.mp3")
    try #require(
      ffmpeg(
        "-f lavfi -i sine=d=1 -i \(folder.file("cover.png")) -map 0 -map 1 -c:v copy -disposition:v attached_pic -id3v2_version 3 \(path)"
      ))
    let error = #expect(throws: VideoError.self) { try Media.open(path) }
    #expect("\(error!)".contains("a cover picture"))
  }

  @Test func theLargestOfSeveralVideosIsTaken() throws {
    let path = folder.file("several.mkv")
    try #require(
      ffmpeg(
        "-f lavfi -i testsrc2=s=64x48:r=25:d=1 -f lavfi -i testsrc2=s=128x96:r=25:d=1 -map 0 -map 1 -c:v mpeg4 "
          + "-disposition:v:0 0 -disposition:v:1 0 \(path)"))
    #expect(try Reading(path).frames[0].width == 128)
    var options = SourceOptions()
    options.videoStream = 0
    #expect(try Reading(path, options).frames[0].width == 64)
    options.videoStream = 5
    #expect(throws: VideoError.self) { try Media.open(path, options) }
  }

  @Test(arguments: [(1, 1), (8192, 8192), (16384, 1), (1, 16384)])
  func extremeSizesAreRead(width: Int, height: Int) throws {
    let path = folder.file("extreme.png")
    try ImageFile.writePNG(Frame(width: width, height: height, format: .gray8), to: path)
    let reading = try Reading(path)
    let frame = try #require(reading.frames.first)
    #expect(frame.width == width && frame.height == height)
    #expect(try Scaler(width: 32, height: 32).scale(frame).width == 32)
  }

  /// FFmpeg 5 and 6 give up at 2³¹ bytes for a picture of unknown layout; what counts is that it is said.
  @Test func aPictureLargerThanFFmpegTakesIsReadOrSaid() throws {
    let path = folder.file("large.pgm")
    var data = Data("P5\n16384 16384\n255\n".utf8)
    data.append(Data(count: 16384 * 16384))
    try data.write(to: URL(fileURLWithPath: path))
    do {
      let reading = try Reading(path)
      #expect(reading.frames.first?.width == 16384 || reading.undecodable == 1)
    } catch let error as VideoError {
      #expect("\(error)".contains("too large"))
    }
  }

  @Test func garbageBeforeATransportStreamIsPassed() throws {
    let stream = try clip("whole.ts", "-c:v libx264 -g 25")
    var numbers = SeededNumbers(seed: 5)
    let garbage = Data((0..<5000).map { _ in UInt8.random(in: 0...255, using: &numbers) })
    write(garbage + stream, "garbage.ts")
    write(stream.dropFirst(9000), "middle.ts")
    #expect(try Reading(folder.file("garbage.ts")).frames.count >= 50)
    let middle = try Reading(folder.file("middle.ts"))
    #expect(middle.frames.count >= 49)
  }

  @Test func framesThatCannotBeDecodedAreCounted() throws {
    let input = folder.file("in.mkv")
    try #require(ffmpeg("-f lavfi -i testsrc2=s=64x48:r=25:d=1 -c:v png \(input)"))
    var data = try Data(contentsOf: URL(fileURLWithPath: input))
    let marks = data.indices.dropLast(4).filter {
      data[$0] == 0x49 && data[$0 + 1] == 0x48 && data[$0 + 2] == 0x44 && data[$0 + 3] == 0x52
    }
    for mark in marks.prefix(10).suffix(4) { data[mark + 1] = 0 }  // IHDR of four pictures
    write(data, "damaged.mkv")
    let reading = try Reading(folder.file("damaged.mkv"))
    #expect(reading.frames.count + reading.undecodable == 25 && reading.undecodable == 4)
  }

  @Test func aSilentPipeTimesOut() throws {
    let pipe = folder.file("pipe")
    mkfifo(pipe, 0o600)
    let writer = open(pipe, O_RDWR)
    defer { close(writer) }
    var options = SourceOptions()
    options.timeout = 0.4
    #expect(throws: VideoError.timedOut(pipe, seconds: 0.4)) { try Media.open(pipe, options) }
  }

  @Test func cancellingEndsAWaitingRead() throws {
    let whole = try clip("whole.ts", "-c:v libx264 -g 25")
    let pipe = folder.file("pipe")
    mkfifo(pipe, 0o600)
    let path = pipe
    Thread.detachNewThread {
      let writer = open(path, O_WRONLY)
      _ = whole.withUnsafeBytes { Foundation.write(writer, $0.baseAddress, $0.count) }
      sleep(3)
      close(writer)
    }
    let source = try MediaSource(pipe)
    DispatchQueue.global().asyncAfter(deadline: .now() + 0.5) { source.cancel() }
    let began = ContinuousClock.now
    #expect(throws: VideoError.cancelled) {
      while true { if case .end = try source.next() { return } }
    }
    #expect(ContinuousClock.now - began < .seconds(2))
  }

  @Test(arguments: ["1280", "0x4", "64x48:", "64x48@", "axb", "64x48:nv12@30@2"])
  func rawFormatsThatMakeNoSenseAreRefused(text: String) {
    #expect(throws: VideoError.self) { try RawVideoFormat(text) }
  }

  private func clip(_ name: String, _ arguments: String) throws -> Data {
    try #require(
      ffmpeg(
        "-f lavfi -i testsrc2=s=160x90:r=25:d=3 -f lavfi -i sine=d=3 -pix_fmt yuv420p \(arguments) \(folder.file(name))"
      ))
    return try Data(contentsOf: URL(fileURLWithPath: folder.file(name)))
  }

  private func write(_ data: Data, _ name: String) {
    try? data.write(to: URL(fileURLWithPath: folder.file(name)))
  }
}
