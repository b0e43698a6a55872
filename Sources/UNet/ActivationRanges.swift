// What calibration hands to quantisation.

/// The smallest and largest real value of each activation over a calibration set.
public struct ActivationRanges: Sendable, Hashable, Codable {
  /// By layer name; the picture needs none, nor does the head.
  public private(set) var ranges: [String: ClosedRange<Float>] = [:]

  public init() {}

  /// The range of `layer`'s output; nil when it was never seen.
  public subscript(layer: String) -> ClosedRange<Float>? {
    get { ranges[layer] }
    set { ranges[layer] = newValue }
  }

  /// Widens the range of `layer` to hold `values`, those that are finite.
  public mutating func include(_ values: UnsafeBufferPointer<Float>, of layer: String) {
    var (low, high) = (Float.infinity, -Float.infinity)
    for value in values where value.isFinite {
      low = min(low, value)
      high = max(high, value)
    }
    if low <= high { include(low...high, of: layer) }
  }

  /// Widens the range of `layer` to hold `range`.
  public mutating func include(_ range: ClosedRange<Float>, of layer: String) {
    guard let known = ranges[layer] else { return ranges[layer] = range }
    ranges[layer] = min(known.lowerBound, range.lowerBound)...max(known.upperBound, range.upperBound)
  }

  /// Widens the ranges to what the float network does on one picture; the slow, plain way to calibrate.
  ///
  /// - Throws: `ModelError.inputSize`.
  public mutating func include(_ picture: FloatTensor, through network: FloatNetwork) throws(ModelError) {
    _ = try network.logits(picture) { name, activation in
      activation.values.withUnsafeBufferPointer { include($0, of: name) }
    }
  }
}
