import Foundation
// How weights move from step to step.
public import Settings

/// Which rule moves the weights.
public enum OptimizerKind: String, SettingsChoice {
  /// Adam with decoupled weight decay. Source: Loshchilov and Hutter 2019, algorithm 2.
  case adamw
  /// Stochastic gradient descent with momentum. Source: Sutskever et al. 2013.
  case sgd
}

/// How the step size changes over a run, after the warm-up.
public enum RateSchedule: String, SettingsChoice {
  /// Half a cosine down to the rest. Source: Loshchilov and Hutter 2017, eq. 5, without restarts.
  case cosine
  /// (1 − progress)^power, down to the rest. Source: Chen et al. 2018, section 4.
  case poly
  case constant
}

/// The optimiser's rule, step size, and which layers follow it how far.
public struct OptimizerRecipe: SettingsPart {
  public var rule = OptimizerKind.adamw
  /// Largest step size.
  public var rate = 2e-3
  public var schedule = RateSchedule.cosine
  /// Steps over which the rate rises from 0.
  public var warmup = 100
  /// Of the poly schedule.
  public var power = 0.9
  /// Share of the rate at the end.
  public var rest = 0.01
  public var momentum = 0.9
  /// Of Adam's second moment.
  public var secondMomentum = 0.999
  public var nesterov = true
  /// Of convolution weights; norms and biases do not decay.
  public var weightDecay = 0.02
  /// Largest norm of all gradients together; longer ones are shortened to it. 0 is off.
  public var clip = 1.0
  /// How much of the averaged weights a step keeps; 0 is off.
  public var average = 0.998
  /// Layers that stay as they are: names, or patterns with *; see `LayerChoice`.
  public var freeze: [String] = []
  /// Factor on the rate of all layers but the head.
  public var bodyRate = 1.0
  /// Factor on the rate for each level of depth away from the head.
  public var depthRate = 1.0

  public init() {}

  public static let notes = [
    "rule": "adamw or sgd",
    "rate": "largest step size; about 2e-3 for adamw, 0.05 for sgd, a tenth of it to fine-tune",
    "schedule": "cosine, poly or constant, after the warm-up",
    "warmup": "steps over which the rate rises from 0",
    "power": "of the poly schedule",
    "rest": "share of the rate that is left at the end",
    "momentum": "of sgd, and of adamw's first moment",
    "secondMomentum": "of adamw's second moment",
    "nesterov": "whether sgd looks ahead",
    "weightDecay": "of convolution weights; norms and biases do not decay",
    "clip": "longest gradient, all layers together; 0 is off",
    "average": "how much of the averaged weights, which are what is kept, a step leaves; 0 is off",
    "freeze": "layers that stay as they are: contracting, expanding, body, a name, or a pattern such as down0*",
    "bodyRate": "factor on the rate of all layers but the head, for fine-tuning",
    "depthRate": "factor on the rate for each layer away from the head: 0.9 lets early layers move less",
  ]

  public func check() throws(SettingsError) {
    func within(_ range: Range<Double>, _ value: Double, _ name: String) throws(SettingsError) {
      try SettingsCheck.require(range.contains(value), name, "must be in \(range), not \(value)")
    }
    try SettingsCheck.require(rate > 0 && rate.isFinite, "rate", "must be above 0, not \(rate)")
    try SettingsCheck.require(warmup >= 0, "warmup", "must be at least 0, not \(warmup)")
    try SettingsCheck.require(power > 0 && power.isFinite, "power", "must be above 0, not \(power)")
    try SettingsCheck.require((0...1).contains(rest), "rest", "must be in 0...1, not \(rest)")
    try within(0..<1, momentum, "momentum")
    try within(0..<1, secondMomentum, "second_momentum")
    try SettingsCheck.require(
      weightDecay >= 0 && weightDecay.isFinite, "weight_decay", "must be at least 0, not \(weightDecay)")
    try SettingsCheck.require(clip >= 0, "clip", "must be at least 0, not \(clip)")
    try within(0..<1, average, "average")
    try SettingsCheck.require((0...1).contains(bodyRate), "body_rate", "must be in 0...1, not \(bodyRate)")
    try SettingsCheck.require(
      depthRate > 0 && depthRate <= 1, "depth_rate", "must be above 0, up to 1, not \(depthRate)")
  }

  /// The step size at `progress` of the run, 0…1, being at `step`.
  public func rate(step: Int, progress: Double) -> Double {
    if step < warmup { return rate * Double(step + 1) / Double(warmup) }
    let done = min(1, max(0, progress))
    let share =
      switch schedule {
      case .cosine: (1 + cos(.pi * done)) / 2
      case .poly: pow(1 - done, power)
      case .constant: 1.0
      }
    return rate * (rest + (1 - rest) * share)
  }

  /// Factor on gradients of a joint norm, from clipping.
  func clipFactor(norm: Double) -> Double { clip > 0 && norm > clip ? clip / norm : 1 }
}
