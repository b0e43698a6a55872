// Help, version, and what a wrong command line leads to.
import Foundation
import Testing

@Suite struct UsageTests {
  @Test(arguments: [
    ["--help"], ["--version"],
  ])
  func helpGoesToStandardOutput(arguments: [String]) throws {
    let folder = try Folder()
    let run = try RunningProgram(Program.url, arguments, input: nil, folder: folder).wait()
    #expect(run.status == 0)
    #expect(!run.output.isEmpty)
    #expect(run.talk.isEmpty)
  }

  @Test func withoutArgumentsTheHelpIsShown() throws {
    let run = try Program.run()
    #expect(run.status == 0)
    #expect(run.text.contains("verge segment drive.mp4"))
  }

  @Test(arguments: [
    ["bogus"], ["--bogus"],
  ])
  func wrongUsageIsStatusTwoAndOneLine(arguments: [String]) throws {
    let folder = try Folder()
    let run = try RunningProgram(Program.url, arguments, input: nil, folder: folder).wait()
    expectFailure(run, status: 2, saying: "--help")
  }

  @Test func aFullDiskBehindStandardOutputIsTold() throws {
    let folder = try Folder()
    let run = try Program.shell("verge --help >/dev/full", in: folder)
    expectFailure(run, saying: "cannot write to standard output", "No space left on device")
  }
}
