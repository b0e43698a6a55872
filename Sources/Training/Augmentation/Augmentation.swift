// How training varies its pictures.
public import Settings

/// An effect that some pictures get.
public struct Effect: SettingsPart {
  /// Share of the pictures that get it.
  public var probability = 0.0
  /// How strong it may be, 0…1; each picture draws a strength between a third of it and all of it.
  public var strength = 0.5

  public init() {}

  public init(_ probability: Double, strength: Double = 0.5) {
    (self.probability, self.strength) = (probability, strength)
  }

  public static let notes = [
    "probability": "share of the pictures that get it, 0 to 1", "strength": "how strong it may be, 0 to 1",
  ]

  public func check() throws(SettingsError) {
    try SettingsCheck.require((0...1).contains(probability), "probability", "must be in 0...1, not \(probability)")
    try SettingsCheck.require((0...1).contains(strength), "strength", "must be in 0...1, not \(strength)")
  }
}

/// The ranges that variations are drawn from; `.none` for pictures as they are.
public struct Augmentation: SettingsPart {
  /// Probability of a mirrored picture.
  public var flip = 0.5
  /// Probability of another size and shape.
  public var scaleProbability = 1.0
  /// Enlargement, drawn evenly on a logarithmic scale.
  public var minimumScale = 0.6
  public var maximumScale = 1.9
  /// Width may differ from height in scale by up to this factor, either way.
  public var aspect = 1.12
  /// Probability of a turn.
  public var rotationProbability = 1.0
  /// Turn by up to this many degrees, either way.
  public var rotation = 3.0
  /// Probability of a crop around a pixel of a class drawn so that rare ones come up often.
  public var rareCrops = 0.3
  /// Probability that colours change at all.
  public var colors = 1.0
  /// Brightness is added, up to this share of full scale, either way.
  public var brightness = 0.12
  /// Contrast, saturation, gamma and each channel's gain change by up to these factors, either way.
  public var contrast = 1.35
  public var saturation = 1.6
  public var gamma = 1.35
  public var channelGain = 1.08
  /// Turn of the colour wheel by up to this many degrees, either way.
  public var hue = 6.0
  /// Probability of noise.
  public var noiseProbability = 1.0
  /// Largest standard deviation of noise, as a share of full scale.
  public var noise = 0.02
  /// Out of focus; shaken; compressed.
  public var blur = Effect(0.1)
  public var motionBlur = Effect(0.05)
  public var jpeg = Effect(0.1)
  /// Weather and light.
  public var fog = Effect()
  public var rain = Effect()
  public var night = Effect()
  public var glare = Effect()
  public var wet = Effect()
  /// Specks and blots that hide the picture but not its labels.
  public var dirt = Effect()

  public init() {}

  public static let notes = [
    "flip": "probability of a mirrored picture",
    "scaleProbability": "of another size and shape, by the next three; other pictures keep theirs",
    "minimumScale": "smallest enlargement; never so small that pictures fill less than 0.8 of the crop's sides",
    "maximumScale": "largest enlargement",
    "aspect": "width may differ from height by up to this factor",
    "rotationProbability": "of a turn",
    "rotation": "largest turn, in degrees",
    "rareCrops": "probability of a crop around a class that is rare in the picture",
    "colors": "probability that colours change",
    "brightness": "largest change, as a share of full scale",
    "contrast": "largest factor, either way",
    "saturation": "largest factor, either way",
    "gamma": "largest exponent, either way",
    "channelGain": "largest factor on red, green and blue, as by another white balance",
    "hue": "largest turn of the colour wheel, in degrees",
    "noiseProbability": "of noise",
    "noise": "largest standard deviation, as a share of full scale",
    "blur": "out of focus", "motionBlur": "blurred by movement", "jpeg": "compressed as JPEG files and video are",
    "fog": "fog, thicker with distance", "rain": "rain streaks in a grey light",
    "night": "darkness with headlights", "glare": "a low sun", "wet": "a wet road that mirrors",
    "dirt": "specks and blots on the lens",
  ]

  public func check() throws(SettingsError) {
    let probabilities = [
      ("flip", flip), ("scale_probability", scaleProbability), ("rotation_probability", rotationProbability),
      ("rare_crops", rareCrops), ("colors", colors), ("noise_probability", noiseProbability),
    ]
    for (name, value) in probabilities {
      try SettingsCheck.require((0...1).contains(value), name, "must be in 0...1, not \(value)")
    }
    try SettingsCheck.require(
      minimumScale >= 0.05 && minimumScale <= maximumScale && maximumScale <= 20, "minimum_scale",
      "and maximum_scale must be 0.05 to 20, ascending, not \(minimumScale) and \(maximumScale)")
    let factors = [
      ("aspect", aspect), ("contrast", contrast), ("saturation", saturation), ("gamma", gamma),
      ("channel_gain", channelGain),
    ]
    for (name, value) in factors {
      try SettingsCheck.require(value >= 1 && value <= 20, name, "is a factor and must be in 1...20, not \(value)")
    }
    for (name, value, limit) in [("rotation", rotation, 180), ("hue", hue, 180), ("brightness", brightness, 1.0)] {
      try SettingsCheck.require((0...limit).contains(value), name, "must be in 0...\(limit), not \(value)")
    }
    try SettingsCheck.require((0...1).contains(noise), "noise", "must be in 0...1, not \(noise)")
  }
}
