// The inspection of data sets in every layout, as people have them.
import Foundation
import Frames
import Testing
import UNet

@testable import Training

@Suite struct LintFormatTests {
  let set: DataFolder

  init() throws { set = try DataFolder() }

  @Test func cityscapesFoldersAreReadByCityWithTheRichestMasks() throws {
    for (split, city) in [("train", "aachen"), ("train", "bonn"), ("val", "celle")] {
      let name = "\(split)/\(city)/\(city)_000000_000001_"
      try photograph("leftImg8bit/\(name)leftImg8bit.png", seed: city.count)
      try mask("gtFine/\(name)gtFine_labelIds.png", [7, 23, 26])
      try mask("gtFine/\(name)gtFine_instanceIds.png", [99, 99, 99])
      try set.picture("gtFine/\(name)gtFine_color.png", width: 48, height: 32) { _, _ in RGB(128, 64, 128) }
    }
    let report = try inspected()
    #expect(report.splits.map { "\($0.split.name) \($0.pairs)" } == ["train 2", "val 1"])
    #expect(names(report) == ["road", "sky", "car"])
    #expect(codes(report, but: .note).isSubset(of: ["shared-pictures"]))
    #expect(report.findings.contains { $0.text == "labels of cityscapes-34" })
  }

  @Test func iddLiteIsTakenForWhatItIs() throws {
    try photograph("leftImg8bit/train/12/frame1_image.jpg")
    try mask("gtFine/train/12/frame1_label.png", [0, 3, 6])
    let report = try inspected()
    #expect(names(report) == ["drivable", "vehicles", "sky"])
    #expect(codes(report, but: .note).isEmpty)
  }

  @Test func blackAndWhiteJPEGMasksAreTwoClasses() throws {
    for name in ["1_sat", "2_sat"] {
      try photograph("images/\(name).jpg", seed: Int(name.prefix(1)) ?? 0)
      try colors("masks/\(name).jpg", [RGB(0, 0, 0), RGB(255, 255, 255)])
    }
    let report = try inspected()
    #expect(report.splits.map(\.split.format) == ["masks"])
    #expect(names(report) == ["background", "foreground"])
    #expect(codes(report) == ["format", "jpeg-colours"])
  }

  @Test func fewNumbersWithoutNamesAreNotTakenForCamVid() throws {
    try photograph("images/1.jpg")
    try mask("masks/1.png", [0, 1, 2, 3])
    #expect(message { _ = try inspected() }.contains("nothing names them; write \(set.path)/classes.txt"))
    try set.write("ground\nroad\nsky\nhouse\n", to: "classes.txt")
    let report = try inspected()
    #expect(names(report) == ["ground", "road", "sky", "house"])
    #expect(codes(report, but: .note).isEmpty)
  }

  @Test func theGuessOfCamVidIsSaid() throws {
    try photograph("images/1.jpg")
    try mask("masks/1.png", [0, 1, 2, 3, 4, 5, 8])
    let guess = { (report: DataSetLint.Report) in report.findings.contains { $0.text.contains("taken for camvid's") } }
    #expect(guess(try inspected()))
    #expect(!guess(try inspected("camvid:\(set.path)")))
  }

  @Test func coloursWantNames() throws {
    try photograph("images/1.png")
    try colors("masks/1.png", [RGB(0, 200, 0), RGB(200, 0, 0)])
    #expect(message { _ = try inspected() }.contains("which colour is what"))
    try set.write("grass #00c800\nbrick #c80000\n", to: "classes.txt")
    let report = try inspected()
    #expect(names(report) == ["grass", "brick"])
    #expect(codes(report) == ["format"])
  }

  @Test func pairsInOnePictureHaveSplitsToo() throws {
    for (split, name) in [("train", "1"), ("train", "2"), ("val", "3")] {
      try pair("\(split)/\(name).jpg", [RGB(128, 64, 128), RGB(70, 130, 180)], seed: Int(name) ?? 0)
    }
    let report = try inspected("pairs:\(set.path)")
    #expect(report.splits.map { "\($0.split.name) \($0.pairs)" } == ["train 2", "val 1"])
    #expect(report.splits.allSatisfy { $0.sizes.map(\.size) == ["48×32"] })
    #expect(names(report).isSuperset(of: ["road", "sky"]))
    #expect(codes(report).contains("jpeg-colours") && !codes(report).contains("foreign-colours"))
  }

  @Test func whatMayBeBlurIsNotMissedInOtherSplits() throws {
    // 256 pixels of car are less than a thousandth.
    let hasCar = { (x: Int, y: Int) in (768..<784).contains(x) && (256..<272).contains(y) }
    for (name, car) in [("train/1.jpg", RGB(0, 0, 142)), ("val/2.jpg", RGB(128, 64, 128))] {
      try set.picture(name, width: 1040, height: 520) { x, y in hasCar(x, y) ? car : RGB(128, 64, 128) }
    }
    let report = try inspected("pairs:\(set.path)")
    #expect(report.splits.map { $0.pixels[18] > 0 } == [true, false], "car is class 18")
    #expect(!codes(report).contains("missing-class"))
    #expect(report.findings.contains { $0.code == "rare-class" && $0.text.contains("JPEG's blur") })
  }

  @Test func coloursOfAnotherListAreWarnedOf() throws {
    try pair("1.jpg", [RGB(128, 64, 128), RGB(255, 160, 40), RGB(0, 255, 80)], seed: 1)
    let report = try inspected("pairs:\(set.path)")
    let finding = try #require(report.findings.first { $0.code == "foreign-colours" })
    #expect(finding.severity == .warning && finding.files == ["1"] && finding.text.contains("pairs@FILE"))
  }

  @Test func namesThatDoNotFitAreExplained() throws {
    try photograph("images/1_left.jpg")
    try mask("masks/1_right.png", [0, 1])
    let report = try inspected()
    #expect(codes(report, but: .note) == ["missing-mask", "missing-photograph", "no-pairs"])
    #expect(report.findings.contains { $0.text.contains("the two have the same name") })
    #expect(!codes(report).contains("format"), "nothing is known of masks that were not read")
  }

  // MARK: Files

  private func photograph(_ name: String, seed: Int = 0) throws {
    try set.picture(name, width: 48, height: 32) { x, y in Self.texture(x, y, seed) }
  }

  private static func texture(_ x: Int, _ y: Int, _ seed: Int) -> RGB {
    RGB(UInt8((x * 5 + seed * 31) % 256), UInt8((y * 7 + x * seed) % 256), UInt8((x / 6 + y / 6) * 20 % 256))
  }

  /// Upright stripes of labels.
  private func mask(_ name: String, _ labels: [UInt8]) throws {
    try set.mask(name, width: 48, height: 32) { x, _ in labels[x * labels.count / 48] }
  }

  /// Upright stripes of colours.
  private func colors(_ name: String, _ colors: [RGB]) throws {
    try set.picture(name, width: 48, height: 32) { x, _ in colors[x * colors.count / 48] }
  }

  /// A photograph, and stripes of colours to its right.
  private func pair(_ name: String, _ colors: [RGB], seed: Int) throws {
    try set.picture(name, width: 96, height: 32) { x, y in
      x < 48 ? Self.texture(x, y, seed) : colors[(x - 48) * colors.count / 48]
    }
  }

  // MARK: Reports

  private func inspected(_ text: String? = nil) throws -> DataSetLint.Report {
    DataSetLint(try LintSplit.find(text ?? set.path), threads: 2).report()
  }

  /// Names of the classes that occur.
  private func names(_ report: DataSetLint.Report) -> Set<String> {
    Set(
      report.splits.flatMap { split in
        split.split.classes.enumerated().filter { split.pixels[$0.offset] > 0 }.map(\.element.name)
      })
  }

  private func codes(_ report: DataSetLint.Report, but severity: LintFinding.Severity? = nil) -> Set<String> {
    Set(report.findings.filter { $0.severity != severity }.map(\.code))
  }
}
