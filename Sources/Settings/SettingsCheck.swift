// How parts of settings check their values.

/// Checks of single values.
public enum SettingsCheck {
  /// - Throws: `SettingsError.setting` unless `condition` holds.
  public static func require(
    _ condition: Bool, _ name: String, _ reason: @autoclosure () -> String
  ) throws(SettingsError) {
    guard condition else { throw .setting(name: name, reason: reason()) }
  }

  /// - Throws: `SettingsError.setting` for a number outside the range, and one that is none.
  public static func range<Number: Comparable>(
    _ value: Number, _ range: ClosedRange<Number>, _ name: String
  ) throws(SettingsError) {
    try require(
      range.contains(value), name, "must be from \(range.lowerBound) to \(range.upperBound), not \(value)")
  }

  /// - Throws: `SettingsError.setting` for a word that is none of those known, with the nearest.
  public static func choice(_ value: String, _ known: [String], _ name: String) throws(SettingsError) {
    try require(known.contains(value), name, choiceReason(value, known))
  }

  static func choiceReason(_ value: String, _ known: [String]) -> String {
    "must be one of " + NearestName.text(unknown: value, known: known)
  }
}
