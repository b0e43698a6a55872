// What `segment` does when its output cannot be what was asked for.
import Foundation
import Testing

@Suite struct BadSinkTests {
  @Test func anExistingOutputIsKeptUnlessToldOtherwise() throws {
    let folder = try Folder()
    try Data("precious".utf8).write(to: folder["out.mp4"])
    let refused = try Program.run("segment", Clips.street().path, "-o", "out.mp4", in: folder)
    expectFailure(refused, saying: "out.mp4", "--overwrite")
    #expect(try Data(contentsOf: folder["out.mp4"]) == Data("precious".utf8))

    let replaced = try Program.run("segment", Clips.street().path, "-o", "out.mp4", "--overwrite", in: folder)
    #expect(replaced.status == 0, "\(replaced.talk)")
    #expect(try FFmpeg.frameCount(folder["out.mp4"]) == 50)
  }

  @Test(arguments: ["drive.mp4", "./drive.mp4", "link.mp4", "hard.mp4"])
  func theInputIsNeverTheOutput(output: String) throws {
    let folder = try Folder()
    try FileManager.default.copyItem(at: Clips.street(), to: folder["drive.mp4"])
    symlink("drive.mp4", folder["link.mp4"].path)
    link(folder["drive.mp4"].path, folder["hard.mp4"].path)
    let before = try Data(contentsOf: folder["drive.mp4"])
    let run = try Program.run("segment", "drive.mp4", "-o", output, "--overwrite", in: folder)
    expectFailure(run, saying: "input")
    #expect(try Data(contentsOf: folder["drive.mp4"]) == before)
  }

  @Test func masksNeverReplaceThePicturesTheyAreMadeFrom() throws {
    let folder = try Folder()
    try FileManager.default.copyItem(at: Clips.picture(width: 40, height: 30), to: folder["a.pnm"])
    let run = try Program.run(
      "segment", folder["a.pnm"].path, "-o", "null:", "--masks", folder.url.path, "--overwrite", in: folder)
    expectFailure(run, saying: "input")
  }

  @Test func anUnwritableOutputIsNamed() throws {
    try expectFailure(
      Program.run("segment", Clips.street().path, "-o", "/nowhere/out.mp4"), saying: "/nowhere/out.mp4", "No such file")
  }

  @Test func anUnknownEncoderIsNamed() throws {
    let folder = try Folder()
    let run = try Program.run("segment", Clips.street().path, "-o", "out.mp4", "--codec", "bogus", in: folder)
    expectFailure(run, saying: "bogus")
    #expect(!folder.has("out.mp4"))
  }

  @Test func aBrokenPipeEndsTheRunWithOneLine() throws {
    let folder = try Folder()
    let clip = try Clips.street().path
    let run = try Program.shell("verge segment '\(clip)' -o - --format matroska | head -c 5000 >/dev/null", in: folder)
    expectFailure(run, saying: "roken pipe")
  }

  @Test(arguments: ["--format matroska", "--format mp4", "--format yuv4mpegpipe"])
  func aFullDiskEndsTheRunWithOneLine(format: String) throws {
    let folder = try Folder()
    let clip = try Clips.street().path
    let run = try Program.shell("verge segment '\(clip)' -o /dev/full --overwrite \(format)", in: folder)
    expectFailure(run, saying: "/dev/full", "full")
  }

  @Test func aFileThatMayGrowNoMoreKeepsWhatItHas() throws {
    let folder = try Folder()
    let clip = try Clips.longDrive().path
    let run = try Program.shell("ulimit -f 600; verge segment '\(clip)' -o out.mp4 --crf 18", in: folder)
    expectFailure(run, saying: "out.mp4")
    #expect(try FFmpeg.frameCount(folder["out.mp4"]) > 0)
  }
}
