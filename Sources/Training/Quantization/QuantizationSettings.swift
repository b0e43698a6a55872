// What quantisation may try, and how much it may look at.

/// The settings of `ModelQuantization`.
public struct QuantizationSettings: Sendable {
  /// Pictures to calibrate on.
  public var pictures = 48
  /// Whether the integers that the model comes with are tried too: those of training with roundings.
  public var triesOwnIntegers = false
  /// Tried in order; the first of equals wins.
  public var methods = CalibrationMethod.all
  /// Whether cross-layer equalisation is tried.
  public var equalizes = true
  /// Whether bias correction is tried.
  public var correctsBiases = true
  /// Whether layers may run in the transform domain, which costs another measurement or more.
  public var winograd = WinogradSetting.off
  /// Pictures to find the worst layers with; none leaves them out.
  public var sensitivityPictures = 4
  /// Name of the machine for the receipt's speeds; nil leaves them out.
  public var cpu: String?
  public var threads: Int

  /// The most mean IoU that int8 may lose, where nothing else is asked for.
  public static let standardMaxLoss = 0.005

  public init(threads: Int) { self.threads = threads }

  /// - Throws: `TrainingError.setting`.
  func check() throws(TrainingError) {
    guard pictures > 0 else { throw .setting(name: "pictures", reason: "must be at least 1, not \(pictures)") }
    guard !methods.isEmpty else { throw .setting(name: "methods", reason: "must name a calibration method") }
  }
}
