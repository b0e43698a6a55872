// What an overlay does to the samples of one plane, by label.

/// For each label, how much of the sample stays and what is added: `(sample · keep + add) >> 8`.
///
/// One table per plane component, made when the palette or the colour matrix changes. A label that nothing was set for
/// leaves the sample as it is.
public struct BlendTable: Sendable {
  private(set) var keep = [UInt16](repeating: 256, count: 256)
  private(set) var add = [UInt32](repeating: 128, count: 256)

  /// The largest sample painted: rows of 8 bits cannot hold more than 255.
  private(set) var largest = 0

  public init() {}

  /// Paints `label` with `value`, a sample of the plane's depth.
  ///
  /// - Parameter alpha: 0 (nothing) through 256 (the colour alone).
  public mutating func set(label: Int, value: Int, alpha: Int) {
    precondition(label >= 0 && label <= 255, "labels are 0 to 255, not \(label)")
    precondition(alpha >= 0 && alpha <= 256, "alpha is 0 to 256, not \(alpha)")
    precondition(value >= 0 && value <= 65535, "a sample is 0 to 65535, not \(value)")
    largest = max(largest, value)
    keep[label] = UInt16(256 - alpha)
    add[label] = UInt32(value * alpha + 128)
  }
}
