// Pictures and masks that cannot be used.
import Foundation
import Frames
import Settings
import Testing
import UNet
import Video

@testable import Training

@Suite struct BadPictureTests {
  private static let names = ["sky", "building", "pole", "road", "pavement", "tree", "sign"]

  private func mix(_ folder: DataFolder) throws -> DataMix {
    try DataMix([try folder.open("camvid")], shares: [], classNames: Self.names, seed: 1)
  }

  /// Writes the first half of a picture over it.
  private func breakOff(_ path: String) throws {
    let content = try Data(contentsOf: URL(fileURLWithPath: path))
    try content.prefix(content.count / 2).write(to: URL(fileURLWithPath: path))
  }

  @Test(arguments: ["jpg", "png"])
  func aPictureThatBreaksOffIsNamed(type: String) throws {
    let folder = try DataFolder()
    try folder.picture("images/a.\(type)", width: 64, height: 64) { x, y in RGB(UInt8(x * y % 251), UInt8(y), UInt8(x))
    }
    try folder.mask("masks/a.png", width: 64, height: 64)
    try breakOff(folder.path + "/images/a.\(type)")
    let source = try folder.open("camvid")
    #expect(
      message { _ = try source.picture(at: 0) }.hasPrefix("\(folder.path)/images/a.\(type): is no picture, or dama"))
  }

  @Test func badPicturesAreReplacedByTheNextAndReportedOnce() throws {
    let folder = try DataFolder()
    try folder.camvid((0..<6).map { "d_\($0)" })
    try folder.photograph("images/d_3.png", gray: 200)
    try breakOff(folder.path + "/images/d_2.png")
    let mix = try mix(folder)
    #expect(try mix.picture(part: 0, index: 2).rgb[0] == 200)
    #expect(try mix.picture(part: 0, index: 2).rgb[0] == 200)
    let skipped = mix.skipped.takeNew()
    #expect(skipped.map(\.path) == [folder.path + "/images/d_2.png"])
    #expect(mix.skipped.takeNew().isEmpty && mix.skipped.count == 1)
  }

  /// A picture to measure on that breaks after hours is no reason to lose the run; neither is a first one that is broken.
  @Test func trainingMeasuresWithoutPicturesThatCannotBeUsed() throws {
    let (folder, measured) = (try DataFolder(), try DataFolder())
    for set in [folder, measured] { try set.camvid((0..<6).map { "d_\($0)" }) }
    for path in [folder.path + "/images/d_0.png", measured.path + "/images/d_0.png", measured.path + "/images/d_4.png"]
    {
      try breakOff(path)
    }
    let classes = Self.names.map { PixelClass(name: $0, color: ClassColor(0, 0, 0)) }
    var settings = TrainerConfiguration(
      architecture: try Architecture(stem: 1, widths: [8, 16], classes: classes), output: folder.path + "/m.safetensors"
    )
    (settings.recipe.batch, settings.recipe.length) = (2, .steps(2))
    (settings.recipe.network.widths, settings.recipe.network.stem) = ([8, 16], 1)
    settings.recipe.size = PictureExtent(width: 16, height: 16)
    let trainer = try Trainer(
      settings, sources: [try folder.open("camvid")], validation: try measured.open("camvid"))
    var skipped: Set<String> = []
    let summary = try trainer.run { event in
      if case .skipped(let path, _) = event { skipped.insert(path) }
      return true
    }
    #expect(summary.end == .completed)
    #expect(skipped.isSuperset(of: [0, 4].map { "\(measured.path)/images/d_\($0).png" }))
    #expect(try Model(contentsOf: summary.modelPath).receipt.floatScores.first?.images == 4)
  }

  @Test func tooManyBadPicturesEndTheRun() throws {
    let folder = try DataFolder()
    try folder.camvid((0..<8).map { "d_\($0)" })
    for index in 1..<5 { try folder.mask("masks/d_\(index).png", width: 8, height: 8) }
    let mix = try mix(folder)
    #expect(throws: Never.self) { try mix.picture(part: 0, index: 5) }
    let text = message { _ = try mix.picture(part: 0, index: 1) }
    #expect(text.contains("d_4.png: 8×8, but its photograph is 16×12; it is the 4th picture of no use"))
  }

  /// A set to measure on whose masks of the given numbers do not fit their photographs.
  private func measuredSet(_ folder: DataFolder, count: Int, bad: [Int]) throws -> EvaluationSet {
    try folder.camvid((0..<count).map { "d_\($0)" })
    for index in bad { try folder.mask("masks/d_\(index).png", width: 8, height: 8) }
    return try EvaluationSet(
      try folder.open("camvid"), architecture: try Architecture(stem: 1, widths: [8], classes: ClassList.camvid))
  }

  @Test func scoresLeaveBadPicturesOutAndCountThem() throws {
    let folder = try DataFolder()
    let set = try measuredSet(folder, count: 6, bad: [0, 4])
    var done: [Int] = []
    let evaluation = try Evaluator.evaluate(AllRoad(), on: set) { count in
      done.append(count)
      return true
    }
    #expect(evaluation.images == 4 && evaluation.skipped == 2 && evaluation.pixelAccuracy == 1)
    #expect(done == Array(1...6))
    _ = try Evaluator.evaluate(AllRoad(), on: set)
    let named = set.skipped.takeNew().map { ($0.path as NSString).lastPathComponent }
    #expect(named == ["d_0.png", "d_4.png"])
  }

  @Test func measuringEndsWhenTooManyPicturesAreBad() throws {
    let (eight, two) = (try DataFolder(), try DataFolder())
    let many = try measuredSet(eight, count: 8, bad: [1, 2, 4, 7])
    #expect(message { _ = try Evaluator.evaluate(AllRoad(), on: many) }.contains("it is the 4th picture of no use"))
    let all = try measuredSet(two, count: 2, bad: [0, 1])
    #expect(message { _ = try Evaluator.evaluate(AllRoad(), on: all) }.contains("not one picture of it can be used"))
    #expect(message { _ = try all.picture(atOrAfter: 1) }.contains("not one picture of it can be used"))
  }

  @Test func samplesTakeTheNextPictureInPlaceOfABadOne() throws {
    let folder = try DataFolder()
    let set = try measuredSet(folder, count: 4, bad: [2, 3])
    #expect(try set.picture(atOrAfter: 2).name.hasSuffix("d_0.png"))
    let samples = try ValidationSample.take(2, of: set, by: AllRoad())
    #expect(samples.map { ($0.name as NSString).lastPathComponent } == ["d_1.png", "d_0.png"])
  }

  @Test func batchesDoNotDependOnReadersOrCache() throws {
    let folder = try DataFolder()
    try folder.camvid((0..<7).map { "d_\($0)" })
    for index in 0..<7 { try folder.photograph("images/d_\(index).png", gray: UInt8(30 * index)) }
    try breakOff(folder.path + "/images/d_5.png")
    func batches(readers: Int, memory: Int, from first: Int) throws -> [[Float]] {
      let mix = try DataMix(
        [try folder.open("camvid"), ToySource()], shares: [2, 1], classNames: Self.names, seed: 4, memoryLimit: memory)
      let augmenter = Augmenter(recipe: Augmentation(), width: 16, height: 16)
      let stream = BatchStream(mix, augmenter: augmenter, batch: 3, seed: 4, firstStep: first, readers: readers)
      return try (first..<6).map { _ in
        let batch = try stream.next()
        return Array(UnsafeBufferPointer(start: batch.rgb.data, count: 3 * 3 * 256))
      }
    }
    let all = try batches(readers: 1, memory: 0, from: 0)
    #expect(try batches(readers: 3, memory: 1 << 20, from: 0) == all)
    #expect(try batches(readers: 2, memory: 2_000, from: 2) == Array(all[2...]))
  }

  @Test func aLabelBeyondTheListIsNamedWithItsFile() throws {
    let folder = try DataFolder()
    try folder.camvid(["a"])
    try folder.mask("masks/a.png") { _, _ in 40 }
    let source = try folder.open("camvid")
    #expect(
      message { _ = try source.picture(at: 0) }
        == "\(folder.path)/masks/a.png: holds label 40; known are 0 to 11, and 255 for none")
  }

  @Test func twoFilesOfOneNameAreRefused() throws {
    let folder = try DataFolder()
    try folder.camvid(["a"])
    try folder.photograph("images/a.jpg")
    #expect(message { _ = try folder.open("camvid") }.contains("has the same name as"))
  }

  @Test func aMissingSplitNamesThoseThereAre() throws {
    let folder = try DataFolder()
    try folder.photograph("train/images/a.png")
    try folder.mask("train/masks/a.png")
    #expect(message { _ = try folder.open("camvid") }.hasSuffix("its splits: train"))
    #expect(message { _ = try folder.open("camvid", ":test") }.hasSuffix("its splits: train"))
  }

  /// Depth, transparency and masks in 16 bits, as FFmpeg's own encoder writes them.
  @Test func deepAndTransparentPicturesAreReadOrRefused() throws {
    let folder = try DataFolder()
    let samples: [(String, String)] = [("gray16", Self.gray16), ("rgb48", Self.rgb48), ("rgba", Self.rgba)]
    for (name, base64) in samples {
      try folder.mask("masks/\(name).png", width: 4, height: 2)
      try #require(Data(base64Encoded: base64)).write(to: URL(fileURLWithPath: try folder.file("images/\(name).png")))
    }
    let source = try folder.open("camvid")
    #expect(try source.picture(at: 0).rgb[0..<3] == [5, 5, 5])
    let deep = try source.picture(at: 1).rgb
    #expect(zip(deep, [200, 100, 50]).allSatisfy { abs(Int($0) - $1) <= 1 }, "\(deep[0..<3])")
    #expect(try source.picture(at: 2).rgb[0..<3] == [200, 100, 50])
    let images = folder.path + "/images/"
    #expect(message { _ = try ImageFile.readIndices(images + "gray16.png") }.contains("16-bit numbers above 255"))
    #expect(message { _ = try ImageFile.readRed(images + "rgb48.png") }.contains("save the mask as an 8-bit PNG"))
    #expect(try ImageFile.readRed(images + "rgba.png")[x: 0, y: 0] == 200)
  }

  // 4×2 pixels each, written by Pillow and OpenCV: grey 5·257, and red 200, green 100, blue 50 (times 257 in 16 bits;
  // alpha 128).
  private static let gray16 =
    "iVBORw0KGgoAAAANSUhEUgAAAAQAAAACEAAAAAAKU/78AAAAE0lEQVQIHWNkZWUAA0ZWVgYwAAABHQAXV3ribwAAAABJRU5ErkJggg=="
  private static let rgb48 =
    "iVBORw0KGgoAAAANSUhEUgAAAAQAAAACEAIAAACgWjZ3AAAAG0lEQVQIHWM8cSIlxciIAQMwnjiRkmJkxIABAL8dBXuxdWLyAAAAAElFTkSuQmCC"
  private static let rgba =
    "iVBORw0KGgoAAAANSUhEUgAAAAQAAAACCAYAAAB/qH1jAAAAF0lEQVQIHWM8kWLUwIAEGE+kGDUwIAEAV0MDv8z1BawAAAAASUVORK5CYII="
}

/// Takes everything for road.
private final class AllRoad: Predictor {
  func predict(_ picture: EvaluationPicture) -> LabelMap {
    let map = LabelMap(width: picture.input.width, height: picture.input.height)
    for i in 0..<map.count { map.labels[i] = 3 }
    return map
  }
}
