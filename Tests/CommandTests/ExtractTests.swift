// extract and masks as a user runs them.
import Foundation
import Testing

@Suite struct ExtractTests {
  private func clip(in folder: Folder, frames: Int = 12) throws {
    let size = ["--frames", "\(frames)", "--size", "128x96"]
    let made = try RunningProgram(Program.url, ["scenes", "-o", "clip.mp4"] + size, input: nil, folder: folder).wait()
    try #require(made.status == 0, "\(made.talk)")
  }

  /// From a video to a folder that trains, by way of both label tools' files.
  @Test(arguments: ["cvat", "labelme"])
  func uncertainFramesBecomeASetToTrainOn(tool: String) throws {
    let folder = try Folder()
    try clip(in: folder)
    let run = try Program.run(
      "extract", "clip.mp4", "-o", "set", "--uncertain", "3", "--masks", "--drafts", tool, in: folder)
    try #require(run.status == 0, "\(run.talk)")
    let pictures = try folder.names(in: "set/images").filter { $0.hasSuffix(".png") }
    #expect(try folder.names(in: "set/masks") == pictures)
    let numbers = pictures.compactMap { Int($0.prefix(6)) }
    #expect(numbers.count == 3 && zip(numbers, numbers.dropFirst()).allSatisfy { $1 - $0 >= 2 })
    let table = try String(contentsOf: folder["set/uncertain.csv"], encoding: .utf8)
    #expect(table.split(separator: "\n").dropFirst().map { "\($0.prefix(6)).png" } == pictures)
    #expect(table.hasPrefix("frame,time,uncertainty,entropy,flicker\n"))
    for line in table.split(separator: "\n").dropFirst() {
      let values = line.split(separator: ",").compactMap { Double($0) }
      #expect(values.count == 5 && values[3] > 0 && values[3] < 1 && abs(values[2] - values[3] - values[4]) < 2e-4)
    }
    let classes = try String(contentsOf: folder["set/classes.txt"], encoding: .utf8)
    #expect(classes.hasPrefix("sky #4682b4\nbuilding #464646\n"))
    let source = tool == "cvat" ? "set/annotations.xml" : "set/images"
    let back = try Program.run("masks", source, "-o", "set/masks", "--overwrite", in: folder)
    #expect(back.status == 0, "\(back.talk)")
    #expect(try folder.names(in: "set/masks") == pictures)
  }

  @Test func aShortVideoGivesFewerFramesAndSaysSo() throws {
    let folder = try Folder()
    try clip(in: folder, frames: 4)
    let run = try Program.run("extract", "clip.mp4", "-o", "set", "--uncertain", "9", in: folder)
    #expect(run.status == 0)
    #expect(run.talk.contains("2 frames that are no neighbours"), "\(run.talk)")
    #expect(try folder.names(in: "set").filter { $0.hasSuffix(".png") }.count == 2)
  }

  @Test(arguments: [
    ["--uncertain", "0"], ["--uncertain", "3", "--at", "1"], ["--uncertain", "3", "--limit", "2"],
    ["--drafts", "paint"],
    ["--tolerance", "-1"],
  ])
  func wrongUsageIsStatusTwo(arguments: [String]) throws {
    let run = try RunningProgram(
      Program.url, ["extract", "clip.mp4", "-o", "set"] + arguments, input: nil, folder: try Folder()
    ).wait()
    #expect(run.status == 2)
  }

  @Test func aPipeCannotBeReadTwice() throws {
    expectFailure(try Program.run("extract", "-", "-o", "set", "--uncertain", "3"), saying: "twice")
  }

  @Test func whatIsNoAnnotationIsNamed() throws {
    let folder = try Folder()
    try Data("{\"shapes\": []}".utf8).write(to: folder["a.json"])
    try Data("<html></html>".utf8).write(to: folder["a.xml"])
    try FileManager.default.createDirectory(at: folder["none"], withIntermediateDirectories: true)
    let labels = "{\"shapes\":[{\"label\":\"cat\",\"points\":[[0,0],[4,0],[4,4]],\"shape_type\":\"polygon\"}],"
    try Data((labels + "\"imagePath\":\"b.png\",\"imageHeight\":8,\"imageWidth\":8}").utf8).write(to: folder["b.json"])
    func fails(_ arguments: [String], _ words: String...) throws {
      let run = try RunningProgram(Program.url, ["masks", "-o", "out"] + arguments, input: nil, folder: folder).wait()
      for word in words { expectFailure(run, saying: word) }
    }
    try fails(["a.json"], "a.json", "imagePath")
    try fails(["a.xml"], "a.xml", "CVAT")
    try fails(["none"], "none", "annotations.xml")
    try fails(["gone.xml"], "gone.xml")
    try fails(["b.json"], "classes.txt")
    try fails(["b.json", "--classes", "camvid"], "b.png", "'cat'")
    try fails(["b.json", "--classes", "cat,dog", "--rest", "cow"], "cow")
  }
}
