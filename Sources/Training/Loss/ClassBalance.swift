import Foundation
// How much each class weighs in the cross-entropy.
public import Settings

/// A rule that makes weights from how often classes occur, and factors given by name.
public struct ClassBalance: SettingsPart {
  public enum Rule: String, SettingsChoice {
    /// All labelled pixels count the same.
    case none
    /// (median share / share)^power. Source: Eigen and Fergus 2015, section 5.3.2.
    case medianFrequency = "median_frequency"
    /// ((1 − β) / (1 − β^n))^power, n being the class's samples. Source: Cui et al. 2019, eq. 2.
    case effectiveNumber = "effective_number"
  }

  public var rule = Rule.none
  public var power = 0.5
  public var beta = 0.9999
  /// Weights stay within 1/limit…limit.
  public var limit = 4.0
  /// Factors by class name, on top of the rule.
  public var weights: [String: Double] = [:]

  public init() {}

  public static let notes = [
    "rule": "none, median_frequency or effective_number: how rare classes are made to count for more",
    "power": "strength of the rule: 1 in full, 0.5 a mild form",
    "beta": "of effective_number: nearer to 1 favours rare classes more",
    "limit": "weights stay between 1/limit and limit",
    "weights": "further factors by class name, such as pedestrian: 2",
  ]

  /// Samples that all labelled pixels together count as: neighbours tell the same, so pixels are no samples.
  private static let samples = 100_000.0

  public func check() throws(SettingsError) {
    try SettingsCheck.require((0...2).contains(power), "power", "must be in 0...2, not \(power)")
    try SettingsCheck.require((0..<1).contains(beta), "beta", "must be in 0..<1, not \(beta)")
    try SettingsCheck.require(limit >= 1, "limit", "must be at least 1, not \(limit)")
    for (name, weight) in weights.sorted(by: { $0.key < $1.key }) {
      try SettingsCheck.require(weight >= 0 && weight.isFinite, "weights.\(name)", "must be at least 0, not \(weight)")
    }
  }

  /// Whether `weights(classNames:shares:)` looks at the shares.
  var needsShares: Bool { rule != .none }

  /// Weights by class.
  ///
  /// - Parameter shares: of the labelled pixels, by class; may be empty where `needsShares` is false. A class that never
  ///   occurs weighs 1.
  /// - Throws: `TrainingError.setting` for a weight of an unknown class.
  func weights(classNames: [String], shares: [Double]) throws(TrainingError) -> [Float] {
    var result = [Double](repeating: 1, count: classNames.count)
    if needsShares {
      precondition(shares.count == classNames.count, "one share a class")
      result = bounded(shares)
    }
    for (name, factor) in weights {
      guard let index = classNames.firstIndex(of: name) else {
        let known = NearestName.text(unknown: name, known: classNames)
        throw .setting(name: "loss.balance.weights", reason: "names '\(name)'; classes: \(known)")
      }
      result[index] *= factor
    }
    return result.map(Float.init)
  }

  private func bounded(_ shares: [Double]) -> [Double] {
    let present = shares.filter { $0 > 0 }.sorted()
    guard !present.isEmpty else { return shares.map { _ in 1 } }
    let middle = rarity(present[present.count / 2])
    return shares.map { $0 > 0 ? min(limit, max(1 / limit, pow(rarity($0) / middle, power))) : 1 }
  }

  /// Grows as classes get rarer; only its ratios matter.
  private func rarity(_ share: Double) -> Double {
    rule == .medianFrequency ? 1 / share : (1 - beta) / (1 - pow(beta, share * ClassBalance.samples))
  }
}
