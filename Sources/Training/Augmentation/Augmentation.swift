// How training varies its pictures.
import Foundation

/// The ranges that variations are drawn from; `.none` for pictures as they are.
public struct Augmentation: Sendable, Hashable, Codable {
  /// Probability of a mirrored picture.
  public var flip = 0.5
  /// Enlargement, drawn evenly on a logarithmic scale.
  public var minimumScale = 0.6
  public var maximumScale = 1.9
  /// Width may differ from height in scale by up to this factor, either way.
  public var aspect = 1.12
  /// Turn by up to this many degrees, either way.
  public var rotation = 3.0
  /// Brightness is added, up to this share of full scale, either way.
  public var brightness = 0.12
  /// Contrast, saturation, gamma and each channel's gain change by up to these factors, either way.
  public var contrast = 1.35
  public var saturation = 1.6
  public var gamma = 1.35
  public var channelGain = 1.08
  /// Largest standard deviation of noise, as a share of full scale.
  public var noise = 0.02

  public init() {}

  /// For sets of few or synthetic pictures that must carry over to unseen places.
  public static var strong: Augmentation {
    var strong = Augmentation()
    strong.aspect = 1.25
    strong.rotation = 5
    strong.brightness = 0.2
    strong.contrast = 1.6
    strong.saturation = 2.2
    strong.gamma = 1.7
    strong.channelGain = 1.2
    strong.noise = 0.04
    return strong
  }
}

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
