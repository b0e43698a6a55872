// Notices a loss that runs away.

/// Follows the loss's mean and tells when it stays far above it.
struct LossWatch: Codable, Equatable {
  /// Mean of the last losses, later ones weighing more.
  private(set) var mean = 0.0
  private(set) var count = 0
  /// Losses in a row that were far above the mean.
  private(set) var high = 0

  /// Losses to see before judging.
  private static let start = 50
  private static let keep = 0.98
  private static let factor = 10.0
  /// Losses in a row that are no chance any more.
  static let limit = 25

  /// Takes the loss of a step; true when it has run away.
  mutating func isRunningAway(_ loss: Double) -> Bool {
    if count >= Self.start, loss > Self.factor * mean {
      high += 1
      return high >= Self.limit
    }
    high = 0
    count += 1
    let share = max(1 - Self.keep, 1 / Double(count))
    mean += (loss - mean) * share
    return false
  }
}
