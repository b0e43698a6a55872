// verge inspect of data sets, as a user runs it.
import Foundation
import Testing

@Suite struct InspectDataTests {
  @Test func aSoundSetIsDescribedAndDrawn() throws {
    let folder = try drawn(frames: 3, size: "64x48")
    let run = try Program.run("inspect", "set", "--sheet", "sheet.png", in: folder)
    #expect(run.status == 0, "\(run.talk)")
    #expect(run.text.contains("set: data set, camvid") && run.text.contains("3 pairs, 64×48"))
    #expect(run.text.contains("road"))
    #expect(try FFmpeg.probe(folder["sheet.png"], entries: "stream=codec_name,pix_fmt") == ["png,rgb24"])
  }

  @Test func missingMasksAreErrorsAndStatusOne() throws {
    let folder = try drawn(frames: 3, size: "64x48")
    try FileManager.default.removeItem(at: folder["set/masks/000001.png"])
    let run = try Program.run("inspect", "camvid:set", "--json", in: folder)
    #expect(run.status == 1)
    let object = try #require(JSONSerialization.jsonObject(with: run.output) as? [String: Any], "\(run.talk)")
    let errors = try #require(object["errors"] as? [[String: Any]])
    #expect(errors.first?["code"] as? String == "missing-mask")
    #expect(errors.first?["files"] as? [String] == ["000001"])
    #expect((object["problems"] as? [String])?.first?.contains("no mask for 000001") == true)
    let splits = try #require(object["splits"] as? [[String: Any]])
    #expect(splits.first?["pairs"] as? Int == 2)
  }

  @Test func masksOfTheNextFrameAreNoticed() throws {
    let folder = try drawn(frames: 12, size: "160x96")
    let names = try folder.names(in: "set/masks")
    try FileManager.default.removeItem(at: folder["set/masks/\(names[0])"])
    for (name, next) in zip(names, names.dropFirst()) {
      try FileManager.default.moveItem(at: folder["set/masks/\(next)"], to: folder["set/masks/\(name)"])
    }
    try FileManager.default.removeItem(at: folder["set/images/\(names[11])"])
    let run = try Program.run("inspect", "set", in: folder)
    #expect(run.status == 0, "\(run.talk)")
    #expect(run.text.contains("off by 1 frame: they fit the next photograph better"), "\(run.text)")
  }

  @Test func whatIsNoDataSetIsOneLine() throws {
    let folder = try Folder()
    for name in ["empty", "half/images", "hollow/images", "hollow/masks"] {
      try FileManager.default.createDirectory(at: folder[name], withIntermediateDirectories: true)
    }
    try Data("text".utf8).write(to: folder["file.txt"])
    expectFailure(try Program.run("inspect", "nowhere", in: folder), saying: "nowhere", "No such file")
    expectFailure(try Program.run("inspect", "empty", in: folder), saying: "empty", "neither pictures nor a data set")
    expectFailure(try Program.run("inspect", "half", in: folder), saying: "images/ is there, but masks/ is missing")
    expectFailure(try Program.run("inspect", "hollow", in: folder), saying: "hollow/images", "no pictures")
    expectFailure(try Program.run("inspect", "camvid:nowhere", in: folder), saying: "nowhere/images")
    expectFailure(try Program.run("inspect", "file.txt", in: folder), saying: "file.txt")
    expectFailure(try Program.run("inspect", "scenes:64x48", in: folder), saying: "nothing to inspect")
    expectFailure(
      try Program.run("inspect", "empty", "--sheet", "sheet.jpg", in: folder), status: 2, saying: "--sheet", "PNG")
  }

  @Test func foldersThatHoldThemselvesEnd() throws {
    let folder = try drawn(frames: 2, size: "64x48")
    for place in ["set/loop", "set/images/loop"] {
      try FileManager.default.createSymbolicLink(at: folder[place], withDestinationURL: folder["set"])
    }
    let run = try Program.run("inspect", "set", in: folder)
    #expect(run.status == 0 && run.text.contains("2 pairs"), "\(run.talk)")
  }

  /// A sequence of one street in `set/`.
  private func drawn(frames: Int, size: String) throws -> Folder {
    let folder = try Folder()
    let run = try Program.run("scenes", "-o", "set", "--frames", "\(frames)", "--size", size, "--seed", "5", in: folder)
    #expect(run.status == 0, "\(run.talk)")
    return folder
  }
}
