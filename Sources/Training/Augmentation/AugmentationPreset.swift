// Augmentation by name.
public import Settings

/// Settings for the usual cases.
public enum AugmentationPreset: String, SettingsChoice {
  /// Pictures as they are.
  case none
  /// Variations of place, size, colour and camera.
  case standard
  /// For sets of few or synthetic pictures that must carry over to unseen places.
  case strong
  /// `standard` with weather and light: for cameras that drive in all of them.
  case driving

  public var augmentation: Augmentation {
    switch self {
    case .none: .none
    case .standard: Augmentation()
    case .strong: .strong
    case .driving: .driving
    }
  }
}

extension Augmentation {
  public static var none: Augmentation {
    var none = Augmentation()
    (none.flip, none.minimumScale, none.maximumScale, none.aspect, none.rotation) = (0, 1, 1, 1, 0)
    (none.rareCrops, none.colors, none.noise) = (0, 0, 0)
    (none.blur, none.motionBlur, none.jpeg) = (Effect(), Effect(), Effect())
    return none
  }

  public static var strong: Augmentation {
    var strong = Augmentation()
    (strong.aspect, strong.rotation, strong.hue) = (1.25, 5, 12)
    (strong.brightness, strong.contrast, strong.saturation) = (0.2, 1.6, 2.2)
    (strong.gamma, strong.channelGain, strong.noise) = (1.7, 1.2, 0.04)
    (strong.blur, strong.motionBlur, strong.jpeg) = (Effect(0.2), Effect(0.1), Effect(0.25))
    strong.dirt = Effect(0.1)
    return strong
  }

  public static var driving: Augmentation {
    var driving = Augmentation()
    (driving.blur, driving.motionBlur, driving.jpeg) = (Effect(0.12), Effect(0.1), Effect(0.25, strength: 0.6))
    (driving.fog, driving.rain, driving.night) = (Effect(0.08), Effect(0.08), Effect(0.1))
    (driving.glare, driving.wet, driving.dirt) = (Effect(0.08), Effect(0.08), Effect(0.05))
    return driving
  }
}
