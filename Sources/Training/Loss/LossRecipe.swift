// What a run minimises.
public import Settings

/// The loss as weighted terms: cross-entropy by pixel, and two measures of regions.
public struct LossRecipe: SettingsPart {
  /// Weights of the terms; a term of weight 0 costs nothing.
  public var crossEntropy = 1.0
  public var dice = 0.0
  public var lovasz = 0.0
  /// Share of a pixel's target spread evenly over all classes.
  public var labelSmoothing = 0.0
  /// Exponent of (1 − p) before −log p, p being the probability of the label; 0 is plain cross-entropy.
  ///
  /// - Source: Lin et al. 2017, eq. 4.
  public var focal = 0.0
  /// Share of the labelled pixels that count in the cross-entropy: those of lowest probability.
  ///
  /// - Source: Wu, Shen and van den Hengel 2016, section 4.
  public var hardest = 1.0
  /// Pixels below this probability count as well.
  public var hardBelow = 0.0
  public var balance = ClassBalance()

  public init() {}

  public static let notes = [
    "crossEntropy": "weight of the pixelwise cross-entropy in the loss",
    "dice": "weight of the soft Dice loss",
    "lovasz": "weight of the Lovász-softmax loss, which follows the mean IoU; 0.5 beside cross-entropy is usual",
    "labelSmoothing": "share of each target spread over all classes, 0 to below 1",
    "focal": "exponent that quiets pixels already right; 2 is usual, 0 is off",
    "hardest": "share of pixels that count, the least sure ones; 1 is all, 0.25 mines hard pixels",
    "hardBelow": "pixels whose true class has a lower probability than this count as well, 0 to 1",
    "balance": "weights of classes in the cross-entropy",
  ]

  public func check() throws(SettingsError) {
    try SettingsCheck.require(crossEntropy >= 0, "cross_entropy", "must be at least 0, not \(crossEntropy)")
    try SettingsCheck.require(dice >= 0, "dice", "must be at least 0, not \(dice)")
    try SettingsCheck.require(lovasz >= 0, "lovasz", "must be at least 0, not \(lovasz)")
    try SettingsCheck.require(
      crossEntropy + dice + lovasz > 0, "cross_entropy", "is 0, and so are dice and lovasz: nothing to minimise")
    try SettingsCheck.require(
      (0..<1).contains(labelSmoothing), "label_smoothing", "must be in 0..<1, not \(labelSmoothing)")
    try SettingsCheck.require((0...10).contains(focal), "focal", "must be in 0...10, not \(focal)")
    try SettingsCheck.require(hardest > 0 && hardest <= 1, "hardest", "must be above 0 and at most 1, not \(hardest)")
    try SettingsCheck.require((0...1).contains(hardBelow), "hard_below", "must be in 0...1, not \(hardBelow)")
    try SettingsCheck.require(
      hardBelow == 0 || hardest < 1, "hard_below", "has no effect while hardest is 1, which takes all pixels")
  }
}

extension LossRecipe {
  /// Whether some pixels are left out for being easy.
  var minesHardPixels: Bool { hardest < 1 }

  /// Whether a term looks at regions.
  var hasRegions: Bool { dice > 0 || lovasz > 0 }
}
