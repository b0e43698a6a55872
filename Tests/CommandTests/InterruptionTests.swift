// Signals: the output of an interrupted run is finished, and that of a killed one still plays.
import Foundation
import Testing

@Suite struct InterruptionTests {
  @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
  func aSignalFinishesTheFile(signal: Int32, status: Int32) throws {
    let folder = try Folder()
    let program = try start(in: folder)
    program.send(signal)
    let run = try program.wait(seconds: 20)
    #expect(run.status == status, "\(run.talk)")
    #expect(try (1..<1000).contains(FFmpeg.frameCount(folder["out.mp4"])))
    #expect(try FFmpeg.complaints(about: folder["out.mp4"]) == "")
    #expect(try folder.names() == ["out.mp4"])
  }

  @Test func aKilledRunLeavesAFileThatPlays() throws {
    let folder = try Folder()
    let program = try start(in: folder)
    program.send(SIGKILL)
    #expect(try program.wait().status == -SIGKILL)
    #expect(try FFmpeg.frameCount(folder["out.mp4"]) > 0)
  }

  /// A run that has written a part of its file.
  private func start(in folder: Folder) throws -> RunningProgram {
    let program = try Program.start("segment", Clips.longDrive().path, "-o", "out.mp4", "--quiet", in: folder)
    let deadline = ContinuousClock.now + .seconds(60)
    while program.process.isRunning, ContinuousClock.now < deadline, size(of: folder["out.mp4"]) < 100_000 {
      usleep(20_000)
    }
    return program
  }

  private func size(of file: URL) -> Int {
    (try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int) ?? 0
  }
}
