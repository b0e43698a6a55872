// The commands that tell figures and facts: inspect, extract, bench, doctor.
import Foundation
import Testing

@Suite struct FigureTests {
  @Test func inspectTellsWhatAVideoIs() throws {
    let run = try Program.run("inspect", Clips.street().path, "--json")
    #expect(run.status == 0, "\(run.talk)")
    let facts = try #require(object(run)["facts"] as? [String: String])
    #expect(facts["size"] == "320×180")
    #expect(facts["frames"] == "50, with B-frames")
    #expect(facts["rate"] == "25 fps, even")
    #expect(facts["colour"]?.hasPrefix("matrix bt709, limited range") == true)
    #expect(try object(run)["problems"] as? [String] == [])
  }

  @Test func inspectTellsThatAFileBreaksOff() throws {
    let whole = try Data(contentsOf: Clips.street(as: "street.mkv"))
    let file = try Clips.bytes(whole.prefix(whole.count * 6 / 10), as: "inspected.mkv")
    let run = try Program.run("inspect", file.path, "--decode", "--json")
    #expect(run.status == 0, "\(run.talk)")
    let problems = try #require(object(run)["problems"] as? [String])
    #expect(problems.contains { $0.contains("breaks off") })
  }

  @Test func aPlanTellsLayersKernelsAndMemory() throws {
    let run = try Program.run(
      "inspect", "road", "--plan", "--json", "--size", "256x128", "--cpu", "c", "--threads", "3")
    let plan = try #require(object(run)["plan"] as? [String: Any], "\(run.talk)")
    #expect(plan["input"] as? [Int] == [128, 256] && plan["tier"] as? String == "c" && plan["threads"] as? Int == 3)
    let layers = try #require(plan["layers"] as? [[String: Any]])
    #expect(layers.first?["kernel"] as? String == "ck_conv3x3_stride2_u8s8_c")
    #expect(layers.first?["shape"] as? [Int] == [64, 128, 24])
    #expect(layers.last?["fused"] as? [String] == ["argmax"])
    let memory = try #require(plan["memory"] as? [String: Int])
    let (arena, bound) = (try #require(memory["arena_bytes"]), try #require(memory["lower_bound_bytes"]))
    #expect(try bound <= arena && arena < #require(memory["unshared_bytes"]))
  }

  @Test func aPlanIsReadableInAHundredAndTwentyColumns() throws {
    let run = try Program.run("inspect", "road", "--plan")
    let lines = run.text.split(separator: "\n").drop { !$0.hasPrefix("plan at") }
    #expect(lines.count > 24 && lines.allSatisfy { $0.count <= 120 }, "\(run.text)")
  }

  @Test func aPlanForASizeThatDoesNotFitIsRefused() throws {
    expectFailure(try Program.run("inspect", "road", "--plan", "--size", "100x100"), saying: "32")
    expectFailure(try Program.run("inspect", "road", "--size", "256x128"), status: 2, saying: "--plan")
  }

  @Test func inspectLintsADataSet() throws {
    let folder = try Folder()
    let drawn = try Program.run("scenes", "-o", "set", "--frames", "3", "--size", "64x48", "--vary", in: folder)
    #expect(drawn.status == 0, "\(drawn.talk)")
    let images = try folder.names(in: "set/images")
    try FileManager.default.removeItem(at: folder["set/masks/\(images[1])"])
    let run = try Program.run("inspect", "set", "--json", in: folder)
    let problems = try #require(object(run)["problems"] as? [String])
    #expect(problems.contains { $0.contains("no mask for") }, "\(problems)")
  }

  @Test func extractTakesTheFramesAskedForAndTheirMasks() throws {
    let folder = try Folder()
    let every = try Program.run("extract", Clips.street().path, "-o", "all", "--every", "20", in: folder)
    #expect(every.status == 0, "\(every.talk)")
    #expect(try folder.names(in: "all") == ["000000.png", "000020.png", "000040.png"])
    let again = try Program.run("extract", Clips.street().path, "-o", "all", "--every", "20", in: folder)
    expectFailure(again, saying: "000000.png", "--overwrite")

    let at = try Program.run("extract", Clips.street().path, "-o", "some", "--at", "0.4,1s", "--masks", in: folder)
    #expect(at.status == 0, "\(at.talk)")
    #expect(try folder.names(in: "some/images") == ["000010.png", "000025.png"])
    #expect(
      try FFmpeg.probe(folder["some/masks/000025.png"], entries: "stream=width,height,pix_fmt") == ["320,180,pal8"])
  }

  @Test func draftMasksAreThoseOfSegment() throws {
    let folder = try Folder()
    let clip = try Clips.street().path
    _ = try Program.run("extract", clip, "-o", "set", "--every", "2", "--limit", "2", "--masks", in: folder)
    _ = try Program.run("segment", clip, "-o", "null:", "--masks", "masks", "--limit", "3", in: folder)
    for name in ["000000.png", "000002.png"] {
      #expect(try Data(contentsOf: folder["set/masks/\(name)"]) == Data(contentsOf: folder["masks/\(name)"]))
    }
  }

  @Test func benchOfAVideoIsTheReportOfASession() throws {
    let report = try Report.decode(Program.run("bench", Clips.street().path, "--json", "--limit", "10"))
    #expect(report.frames.shown == 10)
    #expect(report.stages.contains { $0.name == "encode" })
  }

  @Test func doctorNamesTierMemoryAndCodecs() throws {
    let run = try Program.run("doctor", "--quick")
    #expect(run.text.contains("kernels"), "\(run.talk)")
    #expect(run.text.contains("h264"))
    #expect(run.text.contains("libx264"))
  }

  private func object(_ run: Run) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: run.output) as? [String: Any], "\(run.talk)")
  }
}
