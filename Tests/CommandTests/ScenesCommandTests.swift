// verge scenes as a program: what it writes, and how it ends.
import Foundation
import Testing

@Suite struct ScenesCommandTests {
  @Test func aFolderGetsImagesAndMasksOfTheSameNames() throws {
    let folder = try Folder()
    let run = try Program.run("scenes", "-o", "out", "--frames", "3", "--size", "64x36", "-q", in: folder)
    #expect(run.status == 0, "\(run.talk)")
    #expect(run.output.isEmpty)
    #expect(try folder.names(in: "out/images") == ["000000.png", "000001.png", "000002.png"])
    #expect(try folder.names(in: "out/masks") == ["000000.png", "000001.png", "000002.png"])
  }

  @Test func theSameSeedWritesTheSameMasks() throws {
    let folder = try Folder()
    for name in ["a", "b"] {
      #expect(try Program.run("scenes", "-o", name, "--frames", "2", "--size", "64x36", "-q", in: folder).status == 0)
    }
    for file in ["images/000001.png", "masks/000001.png"] {
      #expect(try Data(contentsOf: folder["a/\(file)"]) == Data(contentsOf: folder["b/\(file)"]))
    }
  }

  @Test func aVideoHasItsFramesAndAMaskForEach() throws {
    let folder = try Folder()
    let run = try Program.run(
      "scenes", "-o", "out.mp4", "--frames", "7", "--size", "96x64", "--masks", "masks", "-q", in: folder)
    #expect(run.status == 0, "\(run.talk)")
    #expect(try FFmpeg.frameCount(folder["out.mp4"]) == 7)
    #expect(try FFmpeg.probe(folder["out.mp4"], entries: "stream=width,height") == ["96,64"])
    #expect(try folder.names(in: "masks").count == 7)
  }

  @Test func whatExistsIsNotReplacedUnasked() throws {
    let folder = try Folder()
    let arguments = ["scenes", "-o", "out", "--frames", "1", "--size", "16x16", "-q"]
    #expect(try RunningProgram(Program.url, arguments, input: nil, folder: folder).wait().status == 0)
    expectFailure(
      try RunningProgram(Program.url, arguments, input: nil, folder: folder).wait(), saying: "out/images", "--overwrite"
    )
    let forced = try RunningProgram(Program.url, arguments + ["--overwrite"], input: nil, folder: folder).wait()
    #expect(forced.status == 0)
  }

  @Test(arguments: [["--every", "0"], ["--frames", "0"], ["--size", "0x4"], ["--fps", "-1"], ["--classes", "x"]])
  func senselessOptionsAreWrongUsage(options: [String]) throws {
    let run = try RunningProgram(Program.url, ["scenes", "-o", "x"] + options, input: nil, folder: Folder()).wait()
    #expect(run.status == 2)
  }

  @Test func anEndlessStreamEndsWellWhenItsReaderGoes() throws {
    let folder = try Folder()
    let run = try Program.shell(
      "verge scenes -o - --realtime --fps 200 --size 64x36 --format y4m -q | head -c 40000 | wc -c; echo ${PIPESTATUS[0]}",
      in: folder)
    #expect(run.text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) } == ["40000", "0"])
  }

  @Test func anInterruptFinishesTheFile() throws {
    let folder = try Folder()
    let program = try RunningProgram(
      Program.url, ["scenes", "-o", "live.mp4", "--realtime", "--size", "64x36", "-q"], input: nil, folder: folder)
    // The first fragment comes after half a second of film, which a busy machine may take long for.
    let deadline = ContinuousClock.now + .seconds(60)
    while program.process.isRunning, ContinuousClock.now < deadline, size(of: folder["live.mp4"]) < 1000 {
      usleep(20_000)
    }
    program.send(SIGINT)
    #expect(try program.wait(seconds: 20).status == 130)
    #expect(try FFmpeg.frameCount(folder["live.mp4"]) > 3)
  }

  private func size(of file: URL) -> Int {
    (try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int) ?? 0  // not there yet
  }
}
