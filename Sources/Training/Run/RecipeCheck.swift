// How parts of a recipe check their values.

/// Checks of single values.
enum RecipeCheck {
  /// - Throws: `TrainingError.setting` unless `condition` holds.
  static func require(_ condition: Bool, _ name: String, _ reason: @autoclosure () -> String) throws(TrainingError) {
    guard condition else { throw .setting(name: name, reason: reason()) }
  }
}
