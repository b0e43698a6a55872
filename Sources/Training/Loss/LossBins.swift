// Probabilities and errors counted in bins.

enum LossBins {
  /// The bin of a value in 0…1 among `count` equal ones.
  ///
  /// What is no number goes to the last bin, so that the loss becomes no number and the run ends with a word on why: the
  /// order of `min`'s arguments decides that.
  @inline(__always)
  static func index(_ value: Float, of count: Int) -> Int {
    Int(max(0, min(Float(count - 1), value * Float(count))))
  }
}
