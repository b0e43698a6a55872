// Draws a varied crop of a picture, labels with it.
import Foundation
import Frames

/// Writes crops for the network; the picture's part of a batch.
///
/// Place, size and turn change picture and labels alike; light, weather, lens and sensor the picture only. What comes out
/// depends on the picture, the recipe and the random numbers alone.
struct Augmenter: Sendable {
  let recipe: Augmentation
  /// Of the crop, in pixels.
  let width, height: Int
  /// Of pictures, beside what the recipe varies.
  let enlargement: Double
  private let classes: SceneClasses
  private let canvases: CanvasPool

  /// - Parameters:
  ///   - classNames: by label: where ground and sky are known, weather follows them.
  ///   - sets: what label codes beyond the classes mean.
  init(
    recipe: Augmentation, width: Int, height: Int, enlargement: Double = 1, classNames: [String] = [],
    sets: LabelSets? = nil
  ) {
    (self.recipe, self.width, self.height, self.enlargement) = (recipe, width, height, enlargement)
    classes = SceneClasses(classNames, sets: sets)
    canvases = CanvasPool(width: width, height: height)
  }

  /// The random numbers of the picture at a position of a run's stream.
  static func random(seed: UInt64, position: Int) -> SeededRandom {
    SeededRandom(seed: seed ^ 0x5EED, index: UInt64(position))
  }

  /// Draws a variation of `picture`.
  ///
  /// - Parameters:
  ///   - rgb: f32 `[height, width, 3]`, 0…1, written.
  ///   - labels: u8 `[height, width]`, written.
  /// - Returns: what was done to it.
  @discardableResult
  func draw(
    _ picture: LabelledPicture, to rgb: UnsafeMutablePointer<Float>, labels: UnsafeMutablePointer<UInt8>,
    using random: inout SeededRandom
  ) -> AppliedEffects {
    canvases.withCanvas { canvas in
      let variation = Variation(
        recipe, picture: picture, enlargement: enlargement, crop: (width, height), using: &random)
      PictureCrop(picture, variation).draw(on: canvas)
      var done: AppliedEffects = variation.isRareCrop ? .rareCrop : []
      if variation.xx < 0 { done.insert(.mirrored) }
      let isNoisy = random.happens(recipe.noiseProbability)
      var noise = isNoisy ? Float(Double.random(in: 0...1, using: &random) * recipe.noise) : 0
      noise += addScene(canvas, variation, picture, &done, &random)
      addCamera(canvas, noise: noise, &done, &random)
      canvas.store(to: rgb, labels: labels)
      return done
    }
  }

  /// Draws whether an effect fires and how strongly.
  private func strength(_ effect: Effect, _ random: inout SeededRandom) -> Float? {
    guard effect.probability > 0, random.happens(effect.probability) else { return nil }
    return Float(effect.strength * Double.random(in: 1.0 / 3...1, using: &random))
  }

  /// Weather and light; returns the noise of a dark sensor.
  private func addScene(
    _ canvas: Canvas, _ variation: Variation, _ picture: LabelledPicture, _ done: inout AppliedEffects,
    _ random: inout SeededRandom
  ) -> Float {
    let (wet, night) = (strength(recipe.wet, &random), strength(recipe.night, &random))
    let (rain, fog) = (strength(recipe.rain, &random), strength(recipe.fog, &random))
    let glare = night == nil ? strength(recipe.glare, &random) : nil
    let dirt = strength(recipe.dirt, &random)
    var noise: Float = 0
    if wet != nil || night != nil || rain != nil || fog != nil || glare != nil {
      let view = SceneView(canvas, variation, picture: picture, classes: classes)
      if let wet {
        WetRoad(canvas, strength: wet, using: &random).apply(to: canvas, view)
        done.insert(.wet)
      }
      if let night {
        noise = Night.fall(canvas, view, strength: night, using: &random)
        done.insert(.night)
      }
      if let rain {
        Weather.rain(canvas, view, strength: rain, isNight: night != nil, using: &random)
        done.insert(.rain)
      }
      if let fog {
        Weather.fog(canvas, view, strength: fog, isNight: night != nil, using: &random)
        done.insert(.fog)
      }
      if let glare {
        Weather.glare(canvas, view, strength: glare, using: &random)
        done.insert(.glare)
      }
    }
    if let dirt {
      Dirt.add(to: canvas, strength: dirt, using: &random)
      done.insert(.dirt)
    }
    return noise
  }

  /// Lens, sensor and compression.
  private func addCamera(
    _ canvas: Canvas, noise: Float, _ done: inout AppliedEffects, _ random: inout SeededRandom
  ) {
    if let strength = strength(recipe.blur, &random) {
      Blur.defocus(canvas, strength: strength)
      done.insert(.blur)
    }
    if let strength = strength(recipe.motionBlur, &random) {
      Blur.motion(canvas, strength: strength, using: &random)
      done.insert(.motionBlur)
    }
    // Changed further, a dark picture would often be a black one.
    if random.happens(recipe.colors), !done.contains(.night) {
      ColorChange(recipe, using: &random).apply(to: canvas)
      done.insert(.colors)
    }
    if noise > 0 { Noise.add(noise, to: canvas, using: &random) }
    if let strength = strength(recipe.jpeg, &random) {
      Compression(quality: Int(90 - 80 * strength)).apply(to: canvas)
      done.insert(.jpeg)
    }
  }
}
