// Varied pictures and their labels.
import Foundation
import Frames
import Settings
import Testing
import UNet

@testable import Training

/// A crop as f32 `[height, width, 3]`, with its labels and what was done to it.
private struct Drawn {
  var rgb: [Float]
  var labels: [UInt8]
  var done: AppliedEffects = []

  init(
    _ picture: LabelledPicture, _ recipe: Augmentation, width: Int? = nil, height: Int? = nil, position: Int = 9,
    classNames: [String] = []
  ) {
    let (width, height) = (width ?? picture.width, height ?? picture.height)
    rgb = [Float](repeating: -1, count: 3 * width * height)
    labels = [UInt8](repeating: 9, count: width * height)
    let augmenter = Augmenter(recipe: recipe, width: width, height: height, classNames: classNames)
    var random = Augmenter.random(seed: 1, position: position)
    done = rgb.withUnsafeMutableBufferPointer { samples in
      labels.withUnsafeMutableBufferPointer { map in
        augmenter.draw(picture, to: samples.baseAddress!, labels: map.baseAddress!, using: &random)
      }
    }
  }

  /// Mean of some rows.
  func mean(rows: Range<Int>, width: Int) -> Float {
    let part = rgb[(3 * width * rows.lowerBound)..<(3 * width * rows.upperBound)]
    return part.reduce(0, +) / Float(part.count)
  }
}

@Suite struct GeometryTests {
  @Test func withoutVariationACropIsThePicture() throws {
    let picture = try ToySource().picture(at: 3)
    let drawn = Drawn(picture, .none)
    #expect(drawn.labels == picture.labels && drawn.done.isEmpty)
    let worst = zip(drawn.rgb, picture.rgb).map { abs($0 * 255 - Float($1)) }.max() ?? 1
    #expect(worst < 0.01)
  }

  @Test func labelsFollowAMirroredPicture() throws {
    var recipe = Augmentation.none
    recipe.flip = 1
    let picture = try ToySource().picture(at: 3)
    let drawn = Drawn(picture, recipe)
    for y in 0..<picture.height {
      let row = (y * picture.width)..<((y + 1) * picture.width)
      #expect(drawn.labels[row].elementsEqual(picture.labels[row].reversed()))
    }
  }

  @Test func beyondThePictureNothingIsLabelled() throws {
    let picture = try ToySource().picture(at: 0)
    let drawn = Drawn(picture, .none, width: picture.width + 20)
    #expect(drawn.labels.count { $0 == ignoreLabel } == 20 * picture.height)
  }

  @Test func cropsAreMostlyPicture() throws {
    var recipe = Augmentation.none
    (recipe.minimumScale, recipe.maximumScale) = (0.1, 0.9)
    let picture = try ToySource().picture(at: 0)
    for position in 0..<8 {
      let inside = Drawn(picture, recipe, position: position).labels.count { $0 != ignoreLabel }
      #expect(Double(inside) > 0.6 * Double(picture.labels.count))
    }
  }

  /// A picture whose colours are its labels keeps being so, however it is turned, scaled and cut.
  @Test(arguments: [0.2...0.4, 0.5...0.9, 1.0...3.0])
  func labelsFollowEveryGeometry(scales: ClosedRange<Double>) {
    let (width, height) = (192, 128)
    let labels = (0..<(width * height)).map { UInt8(($0 % width / 48 + $0 / width / 32 * 3) % 5) }
    let picture = LabelledPicture(
      width: width, height: height, rgb: labels.flatMap { [50 * $0, 250 - 50 * $0, 10 * $0] }, labels: labels)
    var recipe = Augmentation.none
    (recipe.flip, recipe.minimumScale, recipe.maximumScale) = (0.5, scales.lowerBound, scales.upperBound)
    (recipe.aspect, recipe.rotation, recipe.rareCrops) = (1.5, 30, 0.5)
    var compared = 0
    for position in 0..<6 {
      let drawn = Drawn(picture, recipe, width: 40, height: 32, position: position)
      for y in 2..<30 {
        for x in 2..<38 {
          let label = drawn.labels[y * 40 + x]
          let isInside = (-2...2).allSatisfy { dy in
            (-2...2).allSatisfy { drawn.labels[(y + dy) * 40 + x + $0] == label }
          }
          guard isInside, label != ignoreLabel else { continue }
          compared += 1
          let pixel = drawn.rgb[(3 * (y * 40 + x))..<(3 * (y * 40 + x) + 3)].map { $0 * 255 }
          let expected = [50 * Float(label), 250 - 50 * Float(label), 10 * Float(label)]
          #expect(zip(pixel, expected).allSatisfy { abs($0 - $1) < 0.5 }, "\(label) at \(x), \(y): \(pixel)")
        }
      }
    }
    #expect(compared > 30)
  }

  /// How many of 60 crops of a picture with a fine pattern differ from the picture as it is.
  private func changed(_ change: (inout Augmentation) -> Void) -> Int {
    let (width, height) = (64, 48)
    let labels = (0..<(width * height)).map { UInt8(($0 % width / 3 + $0 / width / 3) % 2) }
    let picture = LabelledPicture(
      width: width, height: height, rgb: labels.flatMap { [80 * $0, 9, 200] }, labels: labels)
    var recipe = Augmentation.none
    change(&recipe)
    let plain = Drawn(picture, .none)
    return (0..<60).count { position in
      let drawn = Drawn(picture, recipe, position: position)
      return drawn.rgb != plain.rgb
    }
  }

  @Test func sizeTurnAndNoiseHaveProbabilities() {
    let changes: [(inout Augmentation, Double) -> Void] = [
      { ($0.minimumScale, $0.maximumScale, $0.aspect, $0.scaleProbability) = (1, 1.8, 1.3, $1) },
      { ($0.rotation, $0.rotationProbability) = (20, $1) },
      { ($0.noise, $0.noiseProbability) = (0.2, $1) },
    ]
    for change in changes {
      #expect(changed { change(&$0, 0) } == 0)
      #expect((15...45).contains(changed { change(&$0, 0.5) }))
      #expect(changed { change(&$0, 1) } > 55)
    }
  }

  @Test func picturesThatKeepTheirSizeAreEnlargedAllTheSame() throws {
    var recipe = Augmentation()
    (recipe.minimumScale, recipe.maximumScale, recipe.scaleProbability, recipe.rotation) = (0.5, 2, 0, 0)
    let picture = try ToySource().picture(at: 0)
    for (enlargement, step) in [(1.0, 1.0), (1.6, 1 / 1.6)] {
      var random = Augmenter.random(seed: 1, position: 3)
      let variation = Variation(
        recipe, picture: picture, enlargement: enlargement, crop: (16, 16), using: &random)
      #expect(abs(abs(variation.xx) - step) < 1e-12 && abs(variation.yy - step) < 1e-12)
    }
  }

  @Test func rareClassesComeUpOften() {
    var labels = [UInt8](repeating: 0, count: 96 * 96)
    for y in 60..<68 { for x in 20..<26 { labels[y * 96 + x] = 1 } }
    let picture = LabelledPicture(
      width: 96, height: 96, rgb: [UInt8](repeating: 90, count: 3 * 96 * 96), labels: labels)
    func share(_ probability: Double) -> Int {
      var recipe = Augmentation.none
      recipe.rareCrops = probability
      return (0..<60).count {
        Drawn(picture, recipe, width: 24, height: 24, position: $0).labels.contains(1)
      }
    }
    let (without, with) = (share(0), share(1))
    #expect(without < 20 && with > 50, "\(without) and \(with) of 60")
  }
}

@Suite struct EffectTests {
  private static let effects: [String: @Sendable (inout Augmentation) -> Void] = [
    "colors": { ($0.colors, $0.noise) = (1, 0.02) }, "blur": { $0.blur = Effect(1, strength: 1) },
    "motion": { $0.motionBlur = Effect(1, strength: 1) }, "jpeg": { $0.jpeg = Effect(1, strength: 1) },
    "fog": { $0.fog = Effect(1, strength: 1) }, "rain": { $0.rain = Effect(1, strength: 1) },
    "night": { $0.night = Effect(1, strength: 1) }, "glare": { $0.glare = Effect(1, strength: 1) },
    "wet": { $0.wet = Effect(1, strength: 1) }, "dirt": { $0.dirt = Effect(1, strength: 1) },
  ]

  private func recipe(_ effect: String) -> Augmentation {
    var recipe = Augmentation.none
    EffectTests.effects[effect]?(&recipe)
    return recipe
  }

  @Test(arguments: EffectTests.effects.keys.sorted(), [["sky", "road", "car"], []])
  func effectsChangeThePictureAndNeverTheLabels(effect: String, classNames: [String]) throws {
    let picture = try ToySource(width: 50, height: 37).picture(at: 2)
    let plain = Drawn(picture, .none)
    let drawn = Drawn(picture, recipe(effect), classNames: classNames)
    #expect(drawn.labels == plain.labels)
    #expect(drawn.rgb != plain.rgb && !drawn.done.isEmpty)
    #expect(drawn.rgb.allSatisfy { (0...1).contains($0) })
    let again = Drawn(picture, recipe(effect), classNames: classNames)
    #expect(drawn.rgb == again.rgb)
    #expect(drawn.rgb != Drawn(picture, recipe(effect), position: 10, classNames: classNames).rgb)
  }

  @Test func everyPresetIsWithinItsBounds() throws {
    for preset in AugmentationPreset.allCases { try preset.augmentation.checkAll() }
    var recipe = Augmentation()
    recipe.fog.probability = 2
    #expect(throws: SettingsError.setting(name: "fog.probability", reason: "must be in 0...1, not 2.0")) {
      try recipe.checkAll()
    }
    recipe = Augmentation()
    recipe.minimumScale = 3
    #expect(throws: SettingsError.self) { try recipe.checkAll() }
  }

  /// A grey road under a dark sky with a black wall at the horizon.
  private var street: LabelledPicture {
    let labels = (0..<(64 * 64)).map { place -> UInt8 in
      let y = place / 64
      return y < 20 ? 0 : y < 30 ? 2 : 1
    }
    let levels: [UInt8] = [60, 100, 0]
    return LabelledPicture(
      width: 64, height: 64, rgb: labels.flatMap { [UInt8](repeating: levels[Int($0)], count: 3) }, labels: labels)
  }

  private func street(_ effect: String) -> Drawn {
    Drawn(street, recipe(effect), classNames: ["sky", "road", "car"])
  }

  @Test func fogIsThickerFartherOff() {
    let (clear, fog) = (street("none"), street("fog"))
    func change(_ rows: Range<Int>) -> Float {
      let before = clear.mean(rows: rows, width: 64)
      return (fog.mean(rows: rows, width: 64) - before) / (0.75 - before)
    }
    #expect(change(0..<8) > 0.7)
    #expect(change(32..<36) > 2 * change(60..<64))
  }

  @Test func nightIsDarkAboveAndLitAhead() {
    let (day, night) = (street("none"), street("night"))
    func share(_ rows: Range<Int>) -> Float { night.mean(rows: rows, width: 64) / day.mean(rows: rows, width: 64) }
    #expect(share(0..<8) < 0.35)
    #expect(share(44..<64) > 1.5 * share(0..<8))
  }

  @Test func aWetRoadMirrorsTheWallOnIt() {
    let wet = street("wet")
    // Below the wall's foot lies its black image, below that the sky's.
    #expect(wet.mean(rows: 31..<36, width: 64) < 0.8 * wet.mean(rows: 48..<56, width: 64))
    #expect(wet.mean(rows: 0..<20, width: 64) == street("none").mean(rows: 0..<20, width: 64))
  }

  @Test func theBlockTransformIsTheCosineTransform() {
    var random = SeededRandom(seed: 4)
    let samples = (0..<8).map { _ in Float.random(in: -128...127, using: &random) }
    func row(_ i: Int) -> Lanes { Lanes(repeating: samples[i]) }
    var block = Block(
      a: row(0), b: row(1), c: row(2), d: row(3), e: row(4), f: row(5), g: row(6), h: row(7))
    block.transformColumns()
    let results = [block.a, block.b, block.c, block.d, block.e, block.f, block.g, block.h].map { $0[5] }
    for u in 0..<8 {
      let scale = u == 0 ? 0.5.squareRoot() / 2 : 0.5
      let exact = (0..<8).reduce(0.0) { $0 + scale * Double(samples[$1]) * cos(Double((2 * $1 + 1) * u) * .pi / 16) }
      let scaled = Double(results[u] / Block.scales[u]) / 8.0.squareRoot()
      #expect(abs(scaled - exact) < 1e-3, "coefficient \(u): \(scaled) instead of \(exact)")
    }
  }

  @Test func fineCompressionKeepsGreyPicturesAndCoarseOnesLose() throws {
    let (width, height) = (37, 21)
    func error(quality: Int) -> Float {
      let canvas = Canvas(width: width, height: height)
      func level(_ x: Int, _ y: Int) -> Float { 0.5 + 0.3 * sin(Float(x) * 0.9) * cos(Float(y) * 0.7) }
      for plane in 0..<3 {
        for y in 0..<height { for x in 0..<width { canvas.row(plane, y)[x] = level(x, y) } }
      }
      Compression(quality: quality).apply(to: canvas)
      var worst: Float = 0
      for y in 0..<height { for x in 0..<width { worst = max(worst, abs(canvas.row(1, y)[x] - level(x, y))) } }
      return worst
    }
    #expect(error(quality: 100) < 3.0 / 255)
    #expect(error(quality: 10) > 12.0 / 255)
  }

  @Test func blursKeepAnEvenPicture() {
    let picture = LabelledPicture(
      width: 20, height: 12, rgb: [UInt8](repeating: 120, count: 720), labels: [UInt8](repeating: 0, count: 240))
    for effect in ["blur", "motion"] {
      let drawn = Drawn(picture, recipe(effect))
      #expect(drawn.rgb.allSatisfy { abs($0 - 120.0 / 255) < 1e-5 }, "\(effect)")
    }
  }

  @Test func aPreviewShowsThePicturesOfARun() throws {
    let sheet = try AugmentationPreset.driving.augmentation.preview(
      of: [ToySource()], classes: Fixtures.classes, crop: InputSize(height: 32, width: 48), enlargement: 1,
      seed: 1, count: 4)
    #expect(sheet.format == .rgb24 && sheet.width > 1400 && sheet.height > 2 * 160)
  }
}
