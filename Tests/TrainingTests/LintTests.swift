// Data sets with one thing wrong with each.
import Foundation
import Frames
import Testing
import Video

@testable import Training

@Suite struct LintTests {
  @Test func aSoundSetHasNoErrors() throws {
    let set = try LintSet()
    try set.fill("train", 0..<4)
    try set.fill("val", 4..<7)
    let report = try set.report()
    #expect(report.splits.map(\.split.name) == ["train", "val"])
    #expect(report.splits.map(\.pairs) == [4, 3])
    #expect(report.splits[0].sizes.map(\.size) == ["48×32"])
    #expect(report.splits[0].pixels.reduce(0, +) == 4 * 48 * 32)
    #expect(Set(report.findings.map(\.code)) == ["format", "empty-class"], "camvid has more classes than the toys")
    #expect(report.findings.allSatisfy { $0.severity == .note })
  }

  @Test func filesWithoutPartnerAreNamed() throws {
    let set = try LintSet()
    try set.fill("", 0..<3)
    try FileManager.default.removeItem(atPath: set.path("masks/1.png"))
    try FileManager.default.removeItem(atPath: set.path("images/2.png"))
    try Data("notes".utf8).write(to: URL(filePath: set.path("images/notes.txt")))
    let findings = try set.findings()
    #expect(findings["missing-mask"]?.files == ["1"])
    #expect(findings["missing-photograph"]?.files == ["2"])
    #expect(findings["missing-mask"]?.severity == .error)
    #expect(findings["other-files"]?.files == ["notes.txt"])
  }

  @Test func aMaskOfAnotherSizeIsAnError() throws {
    let set = try LintSet()
    try set.fill("", 0..<3)
    try set.write(mask: LabelMap(width: 24, height: 16), "1")
    let finding = try #require(try set.findings()["sizes-differ"])
    #expect(finding.severity == .warning && finding.files == ["1"])
    #expect(finding.text.contains("mask 24×16, photograph 48×32"))
  }

  @Test func labelsOutOfRangeAreNamed() throws {
    let set = try LintSet()
    try set.fill("", 0..<3)
    try set.change("2") { $0[x: 3, y: 3] = 77 }
    let finding = try #require(try set.findings()["unknown-label"])
    #expect(finding.severity == .warning && finding.files == ["2"] && finding.text.contains("77"))
  }

  @Test func masksInOtherFormsAreNamed() throws {
    let set = try LintSet()
    try set.fill("", 0..<12)
    let photograph = try ToySource().picture(at: 9).frame
    try FileManager.default.removeItem(atPath: set.path("masks/0.png"))
    try ImageFile.writeJPEG(photograph, to: set.path("masks/0.jpg"))
    try ImageFile.writePNG(photograph, to: set.path("masks/1.png"))
    try Self.header(depth: 16, type: 4).write(to: URL(filePath: set.path("masks/2.png")))
    let findings = try set.findings()
    #expect(findings["jpeg-mask"]?.files == ["0"])
    #expect(findings["colour-mask"]?.files == ["1"])
    #expect(findings["deep-mask"]?.files == ["2"] && findings["alpha-mask"]?.files == ["2"])
  }

  @Test func headersTellDepthColourAndAlpha() {
    let header = PictureHeader(bytes: Self.header(depth: 16, type: 6))
    #expect(header.kind == .png && header.bitDepth == 16 && header.hasColor && header.hasAlpha)
    let palette = PictureHeader(bytes: Self.header(depth: 8, type: 3))
    #expect(palette.hasPalette && !palette.hasColor && !palette.hasAlpha)
    #expect(PictureHeader(bytes: Data([0xFF, 0xD8, 0xFF, 0xE0])).kind == .jpeg)
    #expect(PictureHeader(bytes: Data()).kind == .other)
    #expect(PictureHeader(path: "/nowhere/at/all.png") == nil)
  }

  @Test(arguments: [(1, LintFinding.Severity.warning), (5, .error)])
  func damagedPicturesAreWarnedOfUntilThereAreTooMany(count: Int, severity: LintFinding.Severity) throws {
    let set = try LintSet()
    try set.fill("", 0..<8)
    for name in 0..<count {
      let whole = try Data(contentsOf: URL(filePath: set.path("images/\(name).png")))
      try whole.prefix(40).write(to: URL(filePath: set.path("images/\(name).png")))
    }
    let finding = try #require(try set.findings()["unreadable"])
    #expect(finding.severity == severity && finding.files.count == count && finding.text.contains("images/0.png"))
  }

  @Test func blackAndWhiteMasksAreNoClassNumbers() throws {
    let set = try LintSet()
    try set.fill("", 0..<4)
    for name in 0..<4 {
      try set.change("\(name)") { map in for i in 0..<map.count { map.labels[i] = map.labels[i] == 0 ? 0 : 255 } }
    }
    #expect(try set.findings(as: "camvid")["extreme-masks"]?.severity == .error)
  }

  @Test func whatIsIgnoredIsSaid() throws {
    let set = try LintSet()
    try set.fill("", 0..<3)
    try set.change("0") { map in map.buffer.update(repeating: ignoreLabel) }
    try set.change("1") { map in map.buffer.update(repeating: 3) }
    let findings = try set.findings()
    #expect(findings["all-ignored"]?.files == ["0"])
    #expect(findings["one-label"]?.files == ["1"])
    #expect(findings["ignored-share"]?.text.contains("33.3 %") == true)
  }

  @Test func classesWithoutOrWithFewPixelsAreNamed() throws {
    let set = try LintSet()
    try set.fill("", 0..<2)
    try set.change("0") { $0[x: 0, y: 0] = 9 }
    let findings = try set.findings()
    #expect(findings["empty-class"]?.severity == .note)
    #expect(findings["empty-class"]?.text.contains("fence, car, bicyclist") == true)
    #expect(findings["rare-class"]?.text.contains("pedestrian (0.03 %)") == true)
  }

  @Test func classesThatOneSplitLacksAreWarnedOf() throws {
    let set = try LintSet()
    try set.fill("train", 0..<2)
    try set.fill("val", 2..<4)
    for name in ["2", "3"] {
      try set.change("val/masks/\(name)") { map in for i in 0..<map.count where map.labels[i] == 6 { map.labels[i] = 3 }
      }
    }
    let finding = try #require(try set.findings()["missing-class"])
    #expect(finding.severity == .warning && finding.split == "val" && finding.text.contains("no pixel of sign,"))
  }

  @Test func picturesOfTwoSplitsAreFoundThroughCompression() throws {
    let set = try LintSet()
    try set.fill("train", 0..<5)
    try set.fill("val", 5..<9)
    let picture = try set.drawn(2)
    try FileManager.default.removeItem(atPath: set.path("val/images/6.png"))
    try ImageFile.writeJPEG(picture.frame, to: set.path("val/images/6.jpg"), quality: 8)
    let finding = try #require(try set.findings()["shared-pictures"])
    #expect(finding.severity == .warning && finding.files == ["6"])
    #expect(finding.text.contains("6 is nearly 2"))
  }

  @Test func aPictureThatComesTwiceIsNoted() throws {
    let set = try LintSet()
    try set.fill("", 0..<3)
    try FileManager.default.copyItem(atPath: set.path("images/0.png"), toPath: set.path("images/7.png"))
    try FileManager.default.copyItem(atPath: set.path("masks/0.png"), toPath: set.path("masks/7.png"))
    #expect(try set.findings()["repeated"]?.text.contains("7 is 0") == true)
  }

  @Test func aSetWithoutPairsIsAnError() throws {
    let set = try LintSet()
    try set.fill("", 0..<1)
    try FileManager.default.moveItem(atPath: set.path("masks/0.png"), toPath: set.path("masks/1.png"))
    #expect(try set.findings()["no-pairs"]?.severity == .error)
  }

  @Test func theSheetShowsTheLabelsOverThePhotographs() throws {
    let set = try LintSet()
    try set.fill("", 0..<3)
    let splits = try LintSplit.find(set.folder)
    let sheet = LintSheet.draw(splits, title: "toys", count: 2)
    #expect(sheet.width == 2 * 16 + 4 * 320 + 3 * 10)
    let colored = stride(from: 0, to: sheet.width, by: 3).contains { x in
      let pixel = sheet.planes[0].row(150) + 3 * x
      return Int(pixel[0]) + Int(pixel[1]) + Int(pixel[2]) < 600
    }
    #expect(colored)
  }

  /// The first bytes of a PNG file.
  private static func header(depth: UInt8, type: UInt8) -> Data {
    Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52])
      + Data([0, 0, 0, 48, 0, 0, 0, 32, depth, type])
  }
}

/// A set of toys on disk in CamVid's layout, gone with the last reference.
private final class LintSet {
  let folder: String

  init() throws { folder = try Fixtures.folder() }

  deinit { try? FileManager.default.removeItem(atPath: folder) }  // what is left in the temporary folder harms nobody

  func path(_ name: String) -> String { "\(folder)/\(name)" }

  func drawn(_ index: Int) throws -> LabelledPicture { try LintToys().picture(at: index) }

  /// Writes toys into a split; the folder itself for an empty name.
  func fill(_ split: String, _ indices: Range<Int>) throws {
    for name in ["images", "masks"] {
      try FileManager.default.createDirectory(atPath: path("\(split)/\(name)"), withIntermediateDirectories: true)
    }
    for index in indices {
      let picture = try drawn(index)
      try ImageFile.writePNG(picture.frame, to: path("\(split)/images/\(index).png"))
      try ImageFile.writePNG(picture.labelMap, palette: Palette([]), to: path("\(split)/masks/\(index).png"))
    }
  }

  func write(mask: LabelMap, _ name: String) throws {
    try ImageFile.writePNG(mask, palette: Palette([]), to: path("masks/\(name).png"))
  }

  func change(_ name: String, _ body: (LabelMap) -> Void) throws {
    let path = path(name.contains("/") ? "\(name).png" : "masks/\(name).png")
    let map = try ImageFile.readIndices(path)
    body(map)
    try ImageFile.writePNG(map, palette: Palette([]), to: path)
  }

  func report(as format: String? = nil) throws -> DataSetLint.Report {
    DataSetLint(try LintSplit.find(format.map { "\($0):\(folder)" } ?? folder), threads: 2).report()
  }

  /// By code.
  func findings(as format: String? = nil) throws -> [String: LintFinding] {
    Dictionary(try report(as: format).findings.map { ($0.code, $0) }) { first, _ in first }
  }
}

/// Toys whose labels 0, 1, 2, 3, 4, 5, 6 are CamVid's, in boxes here and there.
struct LintToys {
  var width = 48
  var height = 32

  /// Boxes of classes in colours of their own on a noisy ground.
  func picture(at index: Int) throws(TrainingError) -> LabelledPicture {
    var random = SeededRandom(seed: 77, index: UInt64(index))
    var labels = [UInt8](repeating: 3, count: width * height)
    for label: UInt8 in [0, 1, 2, 4, 5, 6] {
      let (w, h) = (Int.random(in: 6...width / 3, using: &random), Int.random(in: 6...height / 3, using: &random))
      let (x, y) = (Int.random(in: 0..<width - w, using: &random), Int.random(in: 0..<height - h, using: &random))
      for row in y..<y + h { for column in x..<x + w { labels[row * width + column] = label } }
    }
    let shades = (0..<7).map { _ in (0..<3).map { _ in Int.random(in: 20...235, using: &random) } }
    let rgb = labels.flatMap { label in shades[Int(label)].map { UInt8($0 + Int.random(in: -6...6, using: &random)) } }
    return LabelledPicture(width: width, height: height, rgb: rgb, labels: labels)
  }
}
