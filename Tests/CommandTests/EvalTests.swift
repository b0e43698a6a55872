// eval as a user runs it.
import Foundation
import Testing

@Suite struct EvalTests {
  /// Every way to measure stands under its own name, and the plain scores keep theirs.
  @Test func waysToMeasureStandBesideEachOther() throws {
    let folder = try Folder()
    let run = try Program.run(
      "eval", "road", "--data", "scenes:96x64:val", "--limit", "2", "--json", "--ignore-bottom", "20", "--tta",
      "flip,0.75", "--f-beta", "lyft-udacity", "--confusion", "matrix.csv", in: folder)
    let scores = try #require(JSONSerialization.jsonObject(with: run.output) as? [String: Any], "\(run.talk)")
    #expect(scores["tta"] is [String: Any] && scores["ignore_bottom"] is [String: Any])
    #expect((scores["tta"] as? [String: Any])?["views"] as? String == "flip,1,0.75")
    #expect((scores["tta_ignore_bottom"] as? [String: Any])?["ignored_rows"] as? Int == 20)
    let classes = try #require(scores["classes"] as? [[String: Any]])
    #expect(classes.allSatisfy { $0.keys.contains("iou") })
    let absent = classes.filter { $0["iou"] is NSNull }.compactMap { $0["name"] as? String }
    #expect(scores["absent"] as? [String] == absent)
    let plain = try Program.run("eval", "road", "--data", "scenes:96x64:val", "--limit", "2", "--json")
    let alone = try #require(JSONSerialization.jsonObject(with: plain.output) as? [String: Any])
    #expect(alone["mean_iou"] as? Double == scores["mean_iou"] as? Double)
    #expect(try String(contentsOf: folder["matrix.csv"], encoding: .utf8).split(separator: "\n").count == 12)
  }

  @Test func aVideoIsMeasuredWithoutLabels() throws {
    let folder = try Folder()
    _ = try Program.run("scenes", "-o", "clip.mp4", "--frames", "4", "--size", "128x96", in: folder)
    let run = try Program.run("eval", "road", "--video", "clip.mp4", "--json", in: folder)
    let report = try #require(JSONSerialization.jsonObject(with: run.output) as? [String: Any], "\(run.talk)")
    let video = try #require(report["video"] as? [String: Any])
    #expect(video["frames"] as? Int == 4)
    #expect(report["mean_iou"] == nil)
  }

  @Test func steadiedLabelsFlickerLessAndAreNamedSo() throws {
    let folder = try Folder()
    _ = try Program.run("scenes", "-o", "clip.mp4", "--frames", "12", "--size", "256x192", in: folder)
    func report(_ more: String...) throws -> [String: Any] {
      let run = try RunningProgram(
        Program.url, ["eval", "road", "--video", "clip.mp4", "--json"] + more, input: nil, folder: folder
      ).wait()
      return try #require(JSONSerialization.jsonObject(with: run.output) as? [String: Any], "\(run.talk)")
    }
    let (plain, steadied) = (try report(), try report("--steady"))
    #expect(plain["steady"] == nil)
    #expect(steadied["steady"] as? Bool == true)
    func returned(_ report: [String: Any]) throws -> Double {
      try #require((report["video"] as? [String: Any])?["returned"] as? Double)
    }
    #expect(try returned(steadied) < 0.5 * returned(plain))
  }

  @Test func whatCannotBeMeasuredIsNamed() throws {
    let folder = try Folder()
    try Data("no video".utf8).write(to: folder["notes.txt"])
    try FileManager.default.createDirectory(at: folder["empty/images"], withIntermediateDirectories: true)
    try FileManager.default.createDirectory(at: folder["empty/masks"], withIntermediateDirectories: true)
    func fails(_ arguments: [String], _ words: String) throws {
      let run = try RunningProgram(Program.url, ["eval", "road"] + arguments, input: nil, folder: folder).wait()
      expectFailure(run, saying: words)
    }
    try fails(["--video", "notes.txt"], "notes.txt")
    try fails(["--video", "none.mp4"], "none.mp4")
    try fails(["--data", "camvid:nowhere"], "nowhere")
    try fails(["--data", "camvid:empty"], "empty")
    try fails(["--data", "scenes:64x48", "--limit", "1", "--ignore-bottom", "48"], "ignore-bottom")
    try fails(["--data", "scenes:64x48", "--f-beta", "lorry=2"], "lorry")
    try fails(["--data", "scenes:64x48", "--limit", "1", "--confusion", "no/where.csv"], "no/where.csv")
  }

  @Test(arguments: [
    [], ["--data", "scenes:", "--ignore-bottom", "-1"], ["--data", "scenes:", "--tta", "flop"],
    ["--data", "scenes:", "--confusion", "matrix.pdf"], ["--video", "a.mp4", "--f-beta", "car=2"],
    ["--data", "scenes:", "--precision", "half"], ["--data", "scenes:", "--steady", "--tta", "flip"],
  ])
  func wrongUsageIsStatusTwo(arguments: [String]) throws {
    let folder = try Folder()
    #expect(
      try RunningProgram(Program.url, ["eval", "road"] + arguments, input: nil, folder: folder).wait().status == 2)
  }
}
