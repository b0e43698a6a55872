// Specifications, class maps, mixes and augmentation.
import Foundation
import Frames
import Testing
import UNet
import Video

@testable import Training

@Suite struct DataTests {
  @Test func specificationsAreTakenApart() throws {
    let camvid = try DataSpecification("camvid:/data/camvid:train")
    #expect((camvid.format, camvid.path, camvid.split) == (.camvid, "/data/camvid", "train"))
    #expect(try DataSpecification("carla:C:/runs").path == "C:/runs")
    #expect(try DataSpecification("scenes:").path.isEmpty)
    #expect(try DataSpecification("scenes::val").split == "val")
  }

  @Test(arguments: ["camvid", "camvid:", "voc:/data", ""])
  func specificationsThatAreNoneAreRefused(text: String) {
    #expect(throws: TrainingError.self) { try DataSpecification(text) }
  }

  @Test(arguments: ["drives75", "random60"]) func aChoiceAndItsRestAreThePicturesOnce(choice: String) throws {
    let folder = try DataFolder()
    let names = (1...4).flatMap { drive in (0..<5).map { "\(drive)_00\($0)" } }
    try folder.camvid(names)
    let (some, rest) = (try folder.open("camvid", ":\(choice)"), try folder.open("camvid", ":\(choice)-rest"))
    func files(_ source: any LabelledSource) -> [String] {
      (0..<source.count).map { ((source.name(at: $0) as NSString).lastPathComponent as NSString).deletingPathExtension }
    }
    #expect(files(some).count == (choice == "drives75" ? 15 : 12))
    #expect((files(some) + files(rest)).sorted() == names.sorted())
    #expect(files(try folder.open("camvid", ":\(choice)")) == files(some), "the same every time")
    let drives = (Set(files(some).map { $0.prefix(1) }), Set(files(rest).map { $0.prefix(1) }))
    #expect(drives.0.isDisjoint(with: drives.1) == (choice == "drives75"))
    #expect(some.warnings.isEmpty == (choice == "drives75"))
    #expect(some.warnings.allSatisfy { $0.contains("neighbours lie on both sides") })
  }

  @Test func aMissingFolderIsNamed() throws {
    let specification = try DataSpecification("camvid:/nowhere:train")
    #expect {
      try specification.open()
    } throws: { error in
      "\(error)".contains("/nowhere/train/images")
    }
  }

  @Test func aPhotographWithoutMaskIsNamed() throws {
    let folder = try Fixtures.folder()
    for name in ["images", "masks"] {
      try FileManager.default.createDirectory(atPath: folder + "/" + name, withIntermediateDirectories: true)
    }
    #expect(throws: TrainingError.data(path: folder + "/images", reason: "no pictures in it (.png, .jpg)")) {
      try DataSpecification("camvid:" + folder).open()
    }
    _ = FileManager.default.createFile(atPath: folder + "/images/one.png", contents: Data([1]))
    _ = FileManager.default.createFile(atPath: folder + "/masks/two.png", contents: Data([1]))
    #expect {
      try DataSpecification("camvid:" + folder).open()
    } throws: { error in
      "\(error)".contains("no mask for 'one' (2 files")
    }
  }

  @Test(arguments: [(UInt8(11), true), (255, true), (12, false)])
  func labelsBeyondTheClassesAreIgnoredOrRefused(label: UInt8, isFine: Bool) throws {
    let folder = try Fixtures.folder()
    for name in ["images", "masks"] {
      try FileManager.default.createDirectory(atPath: folder + "/" + name, withIntermediateDirectories: true)
    }
    let map = LabelMap(width: 8, height: 8)
    map.labels[5] = label
    try ImageFile.writePNG(map, palette: Palette([]), to: folder + "/masks/a.png")
    try ImageFile.writePNG(Frame(width: 8, height: 8, format: .rgb24), to: folder + "/images/a.png")
    let source = try DataSpecification("camvid:" + folder).open()
    guard isFine else {
      #expect(throws: TrainingError.self) { try source.picture(at: 0) }
      return
    }
    #expect(try source.picture(at: 0).labels[5] == ignoreLabel)
  }

  @Test func aMaskOfAnotherSizeIsNamed() throws {
    let folder = try Fixtures.folder()
    for name in ["CameraRGB", "CameraSeg"] {
      try FileManager.default.createDirectory(atPath: folder + "/" + name, withIntermediateDirectories: true)
    }
    try ImageFile.writePNG(Frame(width: 8, height: 8, format: .rgb24), to: folder + "/CameraRGB/a.png")
    try ImageFile.writePNG(Frame(width: 8, height: 6, format: .rgb24), to: folder + "/CameraSeg/a.png")
    let source = try DataSpecification("carla:" + folder).open()
    #expect {
      try source.picture(at: 0)
    } throws: { error in
      "\(error)".contains("8×6")
    }
  }

  @Test func setsOfClassesGetACodeEach() throws {
    var sets = LabelSets(classes: 3)
    #expect(try sets.code(for: [2]) == 2)
    #expect(try sets.code(for: []) == ignoreLabel)
    #expect(try sets.code(for: [0, 1, 2]) == ignoreLabel)
    #expect(try sets.code(for: [2, 0]) == 3)
    #expect(try sets.code(for: [1, 2]) == 4)
    #expect(try sets.code(for: [0, 2]) == 3)
    #expect(sets.members == [[0, 2], [1, 2]])
    #expect(sets[1] == [1] && sets[4] == [1, 2] && sets[5] == [] && sets[ignoreLabel] == [])
  }

  @Test func aMixKeepsItsSharesAndShowsEveryPicture() throws {
    let mix = try DataMix(
      [ToySource(count: 6), ToySource(count: 50)], shares: [3, 1], classNames: ["sky", "road", "car"], seed: 1)
    #expect(mix.epoch == 8)
    let choices = mix.choices(at: 0..<400)
    let later = mix.choices(at: 40..<48)
    #expect(later.map(\.index) == choices[40..<48].map(\.index))
    #expect(abs(choices.count { $0.part == 0 } - 300) <= 2)
    #expect(Set(choices.filter { $0.part == 0 }.prefix(6).map(\.index)) == Set(0..<6))
  }

  @Test func theCacheKeepsToItsLimit() throws {
    let cache = PictureCache(limit: 2 * 48 * 32 * 4)
    for index in 0..<3 { cache[0, index] = try ToySource().picture(at: index) }
    #expect(cache[0, 1] != nil)
    #expect(cache[0, 2] == nil)
    #expect(cache[1, 0] == nil)
  }

  @Test func scenesAreTheSameForTheSameIndex() throws {
    let source = try DataSpecification("scenes:64x48").open()
    let (a, b) = (try source.picture(at: 3), try source.picture(at: 3))
    #expect(a.rgb == b.rgb && a.labels == b.labels)
    #expect(a.rgb != (try source.picture(at: 4)).rgb)
    #expect((a.width, a.height) == (64, 48))
  }
}

@Suite struct FreeMemoryTests {
  private let meminfo = "MemTotal:  8000 kB\nMemFree: 100 kB\nMemAvailable:   4000 kB\n"

  @Test func aContainersLimitCountsWithoutCopiesOfFiles() {
    #expect(FreeMemory(meminfo: meminfo).bytes == 4_096_000)
    #expect(FreeMemory(meminfo: meminfo, limit: "max\n", used: "5\n").bytes == 4_096_000)
    #expect(FreeMemory(meminfo: meminfo, limit: "9000000\n", used: "8000000\n").bytes == 1_000_000)
    let statistics = "anon 1\ninactive_anon 7\ninactive_file 3000000\nactive_file 9\n"
    #expect(
      FreeMemory(meminfo: meminfo, limit: "9000000\n", used: "8000000\n", statistics: statistics).bytes == 4_000_000)
    #expect(FreeMemory(meminfo: meminfo, limit: "90\n", used: "100\n").bytes == 0)
    #expect(FreeMemory(limit: "90\n").bytes == nil)
  }
}
