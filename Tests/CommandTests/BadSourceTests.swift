// What `segment` does with sources that are not what they should be.
import Foundation
import Testing

@Suite struct BadSourceTests {
  @Test func aMissingFileIsNamed() throws {
    try expectFailure(Program.run("segment", "/nowhere/drive.mp4", "-o", "null:"), saying: "/nowhere/drive.mp4")
  }

  @Test func anEmptyFileFails() throws {
    let file = try Clips.bytes(Data(), as: "empty.mp4")
    try expectFailure(Program.run("segment", file.path, "-o", "null:"), saying: "empty.mp4")
  }

  @Test func aTextFileFails() throws {
    let file = try Clips.bytes(Data("This is no film.\n".utf8), as: "text.mp4")
    try expectFailure(Program.run("segment", file.path, "-o", "null:"), saying: "text.mp4")
  }

  @Test func randomBytesFail() throws {
    var random = SystemRandomNumberGenerator()
    let file = try Clips.bytes(
      Data((0..<65536).map { _ in UInt8.random(in: 0...255, using: &random) }), as: "noise.mp4")
    try expectFailure(Program.run("segment", file.path, "-o", "null:"), saying: "noise.mp4")
  }

  @Test func anMP4WithoutItsIndexFails() throws {
    let whole = try Data(contentsOf: Clips.street())
    let file = try Clips.bytes(whole.prefix(whole.count / 2), as: "cut.mp4")
    try expectFailure(Program.run("segment", file.path, "-o", "null:"), saying: "cut.mp4")
  }

  @Test func soundAloneFails() throws {
    try expectFailure(Program.run("segment", Clips.soundOnly().path, "-o", "null:"), saying: "sound.m4a", "video")
  }

  @Test func aFolderWithoutPicturesFails() throws {
    let folder = try Folder()
    try expectFailure(Program.run("segment", folder.url.path, "-o", "null:"), saying: folder.url.lastPathComponent)
  }

  @Test func anUnreadableFileFailsWithTheReason() throws {
    let folder = try Folder()
    try FileManager.default.copyItem(at: Clips.street(), to: folder["locked.mp4"])
    chmod(folder["locked.mp4"].path, 0)
    chmod(folder.url.path, 0o777)
    // Root reads everything, so the program runs as nobody then.
    let asNobody = getuid() == 0 ? "setpriv --reuid=65534 --regid=65534 --clear-groups " : ""
    let reachable = try Program.shell("\(asNobody)test -x '\(Program.url.path)'", in: folder).status == 0
    guard reachable else { return }  // a build folder that nobody else may enter
    let run = try Program.shell("\(asNobody)'\(Program.url.path)' segment locked.mp4 -o null:", in: folder)
    expectFailure(run, saying: "locked.mp4", "ermission denied")
  }

  @Test func aTruncatedStreamIsPlayedAndTold() throws {
    let whole = try Data(contentsOf: Clips.street(as: "street.ts", "-f", "mpegts"))
    let file = try Clips.bytes(whole.prefix(whole.count * 6 / 10), as: "cut.ts")
    let folder = try Folder()
    let run = try Program.run("segment", file.path, "-o", "out.mp4", "--quiet", in: folder)
    expectFailure(run, saying: "cut.ts", "breaks off")
    #expect(try FFmpeg.frameCount(folder["out.mp4"]) >= 20)
  }

  @Test func aTruncatedMatroskaIsPlayedToldAndStatusOne() throws {
    let whole = try Data(contentsOf: Clips.street(as: "street.mkv"))
    let file = try Clips.bytes(whole.prefix(whole.count * 6 / 10), as: "cut.mkv")
    let folder = try Folder()
    let run = try Program.run("segment", file.path, "-o", "out.mp4", in: folder)
    #expect(run.status == 1, "\(run.talk)")
    #expect(run.errors.count == 1, "\(run.talk)")
    #expect(try FFmpeg.frameCount(folder["out.mp4"]) >= 20)
  }

  @Test func aStreamThatBeginsWithGarbageIsPlayed() throws {
    let whole = try Data(contentsOf: Clips.street(as: "street.ts", "-f", "mpegts"))
    let garbage = Data(
      (0..<188 * 20).map { $0 % 188 == 0 ? 0x47 : UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 9) })
    let file = try Clips.bytes(garbage + whole, as: "late.ts")
    let run = try Program.run("segment", file.path, "-o", "null:", "--json")
    #expect(run.status == 0, "\(run.talk)")
    #expect(try Report.decode(run).frames.shown >= 45)
  }

  @Test func aStreamJoinedInTheMiddleIsPlayedFromItsFirstWholePicture() throws {
    let whole = try Data(contentsOf: Clips.street(as: "street.ts", "-f", "mpegts"))
    let file = try Clips.bytes(whole.dropFirst(188 * 30), as: "joined.ts")
    let run = try Program.run("segment", file.path, "-o", "null:", "--json")
    let frames = try Report.decode(run).frames
    #expect(frames.in == frames.shown + frames.undecodable, "\(run.talk)")
  }

  @Test(arguments: [(1, 1), (1, 300), (16384, 16384)])
  func extremeSizesGiveAMaskOfTheirSizeOrOneLine(width: Int, height: Int) throws {
    let folder = try Folder()
    let picture = try Clips.picture(width: width, height: height)
    let run = try Program.run("segment", picture.path, "-o", "null:", "--masks", "masks", in: folder)
    if run.status == 0 {
      let size = try FFmpeg.probe(folder["masks/\(width)x\(height).png"], entries: "stream=width,height")
      #expect(size == ["\(width),\(height)"])
    } else {
      expectFailure(run)
    }
  }
}
