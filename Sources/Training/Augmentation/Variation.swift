// One draw of a variation.
import Foundation

/// One draw: where a crop lies in the picture, and how its colours change.
struct Variation: Sendable {
  /// From an offset to the crop's centre to an offset in the picture: x' = xx·x + xy·y, y' = yx·x + yy·y.
  var xx, xy, yx, yy: Float
  /// The place in the picture of the crop's centre, in pixels.
  var centerX, centerY: Float
  /// By channel: the new value of each of 256 samples, 0…1.
  var curves: [[Float]]
  var saturation: Float
  var noise: Float
  var noiseSeed: UInt64

  init(
    _ recipe: Augmentation, picture: (width: Int, height: Int), crop: (width: Int, height: Int),
    using random: inout SeededRandom
  ) {
    let scale = exp(Double.random(in: log(recipe.minimumScale)...log(recipe.maximumScale), using: &random))
    let aspect = Variation.factor(recipe.aspect, &random).squareRoot()
    let angle = Double.random(in: -1...1, using: &random) * recipe.rotation * .pi / 180
    let mirrored: Double = Double.random(in: 0..<1, using: &random) < recipe.flip ? -1 : 1
    let (stepX, stepY) = (1 / (scale * aspect), aspect / scale)
    xx = Float(mirrored * stepX * cos(angle))
    xy = Float(-stepY * sin(angle))
    yx = Float(mirrored * stepX * sin(angle))
    yy = Float(stepY * cos(angle))
    centerX = Variation.center(side: picture.width, span: Double(crop.width) * stepX, &random)
    centerY = Variation.center(side: picture.height, span: Double(crop.height) * stepY, &random)
    curves = Variation.curves(recipe, &random)
    saturation = Float(Variation.factor(recipe.saturation, &random))
    noise = Float(Double.random(in: 0...1, using: &random) * recipe.noise)
    noiseSeed = random.next()
  }

  /// A factor between 1/`limit` and `limit`, evenly on a logarithmic scale.
  private static func factor(_ limit: Double, _ random: inout SeededRandom) -> Double {
    exp(Double.random(in: -1...1, using: &random) * log(limit))
  }

  /// A centre that keeps a crop of `span` within the picture, or the picture within a larger crop.
  private static func center(side: Int, span: Double, _ random: inout SeededRandom) -> Float {
    let room = abs(Double(side) - span) / 2
    return Float(Double(side) / 2 + Double.random(in: -1...1, using: &random) * room)
  }

  /// Gamma, contrast about the middle, brightness and gain, as one curve a channel.
  private static func curves(_ recipe: Augmentation, _ random: inout SeededRandom) -> [[Float]] {
    let gamma = factor(recipe.gamma, &random)
    let contrast = factor(recipe.contrast, &random)
    let brightness = Double.random(in: -1...1, using: &random) * recipe.brightness
    return (0..<3).map { _ in
      let gain = factor(recipe.channelGain, &random)
      return (0..<256).map { sample in
        let value = pow(Double(sample) / 255, gamma) * gain
        return Float(min(1, max(0, (value - 0.5) * contrast + 0.5 + brightness)))
      }
    }
  }
}
