// Each data format, from files to labels.
import Foundation
import Frames
import Testing
import UNet
import Video

@testable import Training

@Suite struct FormatTests {
  // MARK: carla

  /// A mask as a driver sees the world: `high` above, `middle` between, `low` below; the label in the red channel.
  private func drive(_ folder: DataFolder, _ name: String, high: UInt8, middle: UInt8, low: UInt8) throws {
    try folder.photograph("CameraRGB/\(name).jpg", width: 24, height: 24)
    try folder.picture("CameraSeg/\(name).png", width: 24, height: 24) { _, y in
      RGB(y < 9 ? high : y < 15 ? middle : low, 0, 0)
    }
  }

  @Test(arguments: [
    ("carla-0.8", UInt8(0), UInt8(9), UInt8(7)), ("carla-0.9", 13, 9, 7), ("carla-0.9.14", 11, 9, 1),
    ("carla-0.9", 1, 22, 7), ("carla-0.9.14", 3, 12, 1), ("carla-0.9.14", 9, 28, 24),
  ])
  func theVersionOfCarlaIsFoundOutFromTheMasks(name: String, high: UInt8, middle: UInt8, low: UInt8) throws {
    let folder = try DataFolder()
    for frame in ["1_000", "1_001"] { try drive(folder, frame, high: high, middle: middle, low: low) }
    let source = try folder.open("carla")
    #expect(source.notes.count == 1 && source.notes[0].contains("labels of \(name), found out"))
    let picture = try source.picture(at: 1)
    let names = Set(picture.labels.map { source.classNames[Int($0)] })
    #expect(names.isSuperset(of: [low == 24 ? "lane line" : "road"]))
  }

  @Test func aVersionThatCannotBeToldIsAskedFor() throws {
    let folder = try DataFolder()
    try drive(folder, "1_000", high: 5, middle: 5, low: 5)
    #expect(message { _ = try folder.open("carla") }.contains("give the version: carla@0.8:"))
    #expect(try folder.open("carla@0.9.14").classNames.contains("rider"))
  }

  @Test func mixedVersionsAreRefused() throws {
    let folder = try DataFolder()
    try drive(folder, "1_000", high: 0, middle: 9, low: 7)
    try drive(folder, "2_000", high: 11, middle: 9, low: 1)
    let text = message { _ = try folder.open("carla") }
    #expect(text.contains("1_000.png") && text.contains("2_000.png") && text.contains("carla@0.9.14"))
  }

  @Test func aGivenVersionThatDoesNotFitIsNamedWithTheLabel() throws {
    let folder = try DataFolder()
    try drive(folder, "1_000", high: 13, middle: 22, low: 7)
    let text = message { _ = try folder.open("carla@0.8") }
    #expect(text.contains("1_000.png: holds label 13, which carla-0.8 does not know"))
  }

  @Test(arguments: [("0.9.14", UInt8(0), UInt8(7), "carla-0.8"), ("0.9", 11, 1, "carla-0.9.14"), ("0.9", 0, 7, nil)])
  func aGivenVersionThatTheMasksContradictIsTakenWithANote(
    given: String, high: UInt8, low: UInt8, seen: String?
  ) throws {
    let folder = try DataFolder()
    try drive(folder, "1_000", high: high, middle: 9, low: low)
    let note = try #require(try folder.open("carla@\(given)").notes.first)
    let doubt = seen.map { " as given, but the masks look like \($0)" } ?? ""
    #expect(note.hasSuffix("labels of carla-\(given)\(doubt)"))
  }

  // MARK: cityscapes

  @Test(arguments: [
    ("_leftImg8bit.png", "_gtFine_labelIds.png", UInt8(7), "road"),
    ("_leftImg8bit.png", "_gtFine_labelTrainIds.png", 1, "sidewalk"), ("_image.jpg", "_label.png", 3, "vehicles"),
    ("_leftImg8bit.jpg", "_gtFine_labellevel3Ids.png", 8, "autorickshaw"),
  ])
  func citiesAreReadByTheEndingsOfTheirMasks(image: String, mask: String, label: UInt8, name: String) throws {
    let folder = try DataFolder()
    for frame in ["ulm/ulm_000_1", "bern/bern_000_1"] {
      try folder.photograph("leftImg8bit/train/\(frame)\(image)")
      try folder.mask("gtFine/train/\(frame)\(mask)") { x, _ in x == 0 ? 255 : label }
      try folder.photograph("gtFine/train/\(frame)_gtFine_color.png")
    }
    let source = try folder.open("cityscapes", ":train")
    let picture = try source.picture(at: 0)
    #expect(picture.labels[0] == ignoreLabel)
    #expect(source.classNames[Int(picture.labels[1])] == name)
    #expect(source.name(at: 0).contains("bern"))
    #expect(try folder.open("cityscapes", ":train@ulm").count == 1)
    #expect(try folder.open("cityscapes", ":train@-ulm").name(at: 0).contains("bern"))
  }

  @Test func labelsOutsideTheBenchmarkAreIgnored() throws {
    let folder = try DataFolder()
    try folder.photograph("leftImg8bit/a/a_1_leftImg8bit.png")
    try folder.mask("gtFine/a/a_1_gtFine_labelIds.png") { x, _ in x < 4 ? UInt8(x) : 26 }
    let source = try folder.open("cityscapes")
    let labels = try source.picture(at: 0).labels
    #expect(labels[0..<4].allSatisfy { $0 == ignoreLabel } && source.classNames[Int(labels[4])] == "car")
  }

  // MARK: masks

  @Test(arguments: ["png", "jpg"])
  func blackAndWhiteMasksAreTwoClasses(type: String) throws {
    let folder = try DataFolder()
    try folder.photograph("images/a.jpg", width: 32, height: 32)
    try folder.picture("masks/a.\(type)", width: 32, height: 32) { x, y in
      (x - 16) * (x - 16) + y * y < 300 ? RGB(255, 255, 255) : RGB(0, 0, 0)
    }
    let source = try folder.open("masks")
    #expect(source.classNames == ["background", "foreground"])
    let labels = try source.picture(at: 0).labels
    #expect(labels[16] == 1 && labels[31 * 32] == 0)
    #expect(labels.count { $0 == ignoreLabel } < 40)
    try folder.write("field\nforest #00ff00\n", to: "classes.txt")
    #expect(try folder.open("masks").classNames == ["field", "forest"])
  }

  @Test(arguments: [
    ("10452_sat_08", "10452_mask_08", "10452_08"), ("0001TP_006690", "0001TP_006690_L", "0001TP_006690"),
    ("north/img_7", "north/7_label", "north/7"), ("a_image", "a_image", "a_image"),
  ])
  func namesMayDifferInTheWordThatSaysWhatAFileIs(image: String, mask: String, name: String) throws {
    let folder = try DataFolder()
    try folder.photograph("images/\(image).jpg")
    try folder.mask("masks/\(mask).png")
    let pairs = try FolderLayout(images: "images", masks: "masks").pairs(
      in: folder.path, part: SplitFolder.parts(of: "")[0])
    #expect(pairs.map(\.name) == [name])
    #expect(pairs[0].image.hasSuffix("\(image).jpg") && pairs[0].mask.hasSuffix("\(mask).png"))
  }

  @Test func aMaskWithoutPhotographIsNamed() throws {
    let folder = try DataFolder()
    try folder.camvid(["a", "b"])
    try folder.mask("masks/c.png")
    #expect(message { _ = try folder.open("masks") }.contains("images: no photograph for 'c' (1 files without"))
  }

  @Test func namesThatSeveralFilesWouldFitArePairedWithNone() throws {
    let folder = try DataFolder()
    for name in ["1_sat", "1_image", "2"] { try folder.photograph("images/\(name).jpg") }
    for name in ["1_mask", "2"] { try folder.mask("masks/\(name).png") }
    let text = message { _ = try folder.open("masks") }
    #expect(text.contains("no mask for '1_image' (3 files without counterpart)"))
  }

  @Test func masksOfNumbersNeedNames() throws {
    let folder = try DataFolder()
    try folder.photograph("images/a.jpg")
    try folder.mask("masks/a.png") { x, _ in x == 15 ? 255 : UInt8(x % 3) }
    let text = message { _ = try folder.open("masks") }
    #expect(text.contains("labels up to 2") && text.contains("classes.txt"))
    try folder.write("sky\nlane line #ffffff\ncar\n", to: "classes.txt")
    let source = try folder.open("masks")
    #expect(source.classNames == ["sky", "lane line", "car"])
    #expect(source.classes[1].color == ClassColor(255, 255, 255))
    #expect(try source.picture(at: 0).labels[13...15] == [1, 2, 255])
    #expect(try folder.open("masks@camvid").classNames.count == 11)
  }

  @Test func masksOfZerosAndOnesNeedNone() throws {
    let folder = try DataFolder()
    try folder.photograph("images/a.jpg")
    try folder.mask("masks/a.png") { x, _ in UInt8(x % 2) }
    #expect(try folder.open("masks").picture(at: 0).labels[0...1] == [0, 1])
  }

  @Test func colouredMasksNeedTheirColours() throws {
    let folder = try DataFolder()
    try folder.photograph("images/a.jpg")
    try folder.picture("masks/a.png") { x, _ in x < 12 ? RGB(128, 64, 128) : RGB(0, 0, 142) }
    let text = message { _ = try folder.open("masks") }
    #expect(text.contains("#804080 75 %") && text.contains("#00008e 25 %") && text.contains("classes.txt"))
    try folder.write("car #00008e\nroad #804080\n", to: "classes.txt")
    #expect(try folder.open("masks").picture(at: 0).labels[11...12] == [1, 0])
  }

  @Test func jpegsOfNumbersAreRefused() throws {
    let folder = try DataFolder()
    try folder.photograph("images/a.jpg")
    let map = Frame(width: 16, height: 12, format: .gray8)
    for y in 0..<12 { for x in 0..<16 { map.planes[0].row(y)[x] = UInt8(x) } }
    try ImageFile.writeJPEG(map, to: try folder.file("masks/a.jpg"))
    #expect(message { _ = try folder.open("masks@camvid") }.contains("JPEG of label numbers"))
  }

  // MARK: pairs

  @Test(arguments: ["png", "jpg"])
  func aPairsRightHalfIsItsMask(type: String) throws {
    let folder = try DataFolder()
    let colors = [RGB(128, 64, 128), RGB(70, 130, 180), RGB(0, 0, 0), RGB(0, 0, 142)]
    try folder.picture("train/1.\(type)", width: 128, height: 32) { x, _ in
      x < 64 ? RGB(9, 9, 9) : colors[(x - 64) / 16]
    }
    let source = try folder.open("pairs", ":train")
    let picture = try source.picture(at: 0)
    #expect((picture.width, picture.height) == (64, 32))
    #expect(picture.rgb[0..<180].allSatisfy { $0 < 20 })
    let names = [8, 24, 40, 56].map { picture.labels[640 + $0] }.map { $0 == 255 ? "" : source.classNames[Int($0)] }
    #expect(names == ["road", "sky", "", "car"])
  }

  @Test func coloursBetweenTwoClassesAreIgnored() throws {
    let table = ColorTable([(RGB(0, 0, 0), 0), (RGB(200, 0, 0), 1), (RGB(210, 0, 0), 1)])
    func label(_ red: UInt8) -> UInt8 {
      let frame = Frame(width: 1, height: 1, format: .rgb24)
      (frame.planes[0].row(0)[0], frame.planes[0].row(0)[1], frame.planes[0].row(0)[2]) = (red, 0, 0)
      return table.labels(of: frame)[x: 0, y: 0]
    }
    #expect([20, 100, 190, 205].map { label($0) } == [0, ignoreLabel, 1, 1])
  }

  // MARK: colours

  /// A card of eight colours, as a photograph of every kind and as the decoder and scaler of live frames give it.
  @Test func photographsHaveTheColoursOfLiveFrames() throws {
    let folder = try DataFolder()
    let colors = (0..<8).map { RGB($0 & 4 == 0 ? 40 : 220, $0 & 2 == 0 ? 30 : 200, $0 & 1 == 0 ? 20 : 240) }
    for name in ["images/a.png", "images/b.jpg"] {
      try folder.picture(name, width: 128, height: 16) { x, _ in colors[x / 16] }
    }
    for name in ["a", "b"] { try folder.mask("masks/\(name).png", width: 128, height: 16) }
    let source = try folder.open("camvid")
    for (index, tolerance) in [(0, 0), (1, 6)] {
      let picture = try source.picture(at: index)
      let live = Scaler(width: 128, height: 16, format: .rgb24)
      let shown = try live.scale(ImageFile.read(source.name(at: index)))
      for (n, color) in colors.enumerated() {
        let place = 3 * (8 * 128 + 16 * n + 8)
        let seen = picture.rgb[place..<(place + 3)].map(Int.init)
        let wanted = [color.red, color.green, color.blue].map(Int.init)
        #expect(zip(seen, wanted).allSatisfy { abs($0 - $1) <= tolerance }, "\(source.name(at: index)) \(n): \(seen)")
        #expect((0..<3).allSatisfy { Int(shown.planes[0].row(8)[3 * (16 * n + 8) + $0]) == seen[$0] })
      }
    }
  }
}
