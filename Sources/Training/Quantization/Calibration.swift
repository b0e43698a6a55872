// Which values each activation takes, from sample pictures.
import UNet

/// What the float network's activations are like on sample pictures.
struct ActivationStatistics {
  /// By layer, of every layer but the head.
  private(set) var histograms: [String: ActivationHistogram] = [:]
  /// By layer and channel: the largest magnitude.
  private(set) var peaks: [String: [Float]] = [:]

  /// Goes over the pictures twice: for the extremes, then for a histogram between them.
  ///
  /// - Parameter pictures: how many of the set to use, evenly spread over it.
  /// - Throws: `TrainingError.data`, `.setting` or `.quantization` when an activation is not a number.
  init(_ model: Model, on set: EvaluationSet, pictures: Int, threads: Int) throws(TrainingError) {
    let predictor = try FloatPredictor(model, threads: threads)
    var extremes: [String: ClosedRange<Float>] = [:]
    for picture in set.sample(pictures) {
      _ = try predictor.run(set.picture(atOrAfter: picture)) { layer in
        guard let written = layer.written else { return }
        let range = Self.measure(written.value, peaks: &peaks[layer.name, default: []])
        extremes[layer.name] = extremes[layer.name].map { $0.union(range) } ?? range
      }
    }
    for (name, range) in extremes.sorted(by: { $0.key < $1.key }) {
      guard range.lowerBound.isFinite, range.upperBound.isFinite else {
        throw .quantization("\(model.name): values of \(name) are not finite numbers; the float weights are unusable")
      }
    }
    histograms = extremes.mapValues { ActivationHistogram($0) }
    for picture in set.sample(pictures) {
      _ = try predictor.run(set.picture(atOrAfter: picture)) { layer in
        layer.written?.value.forEachRow { histograms[layer.name]?.add(UnsafeBufferPointer($0)) }
      }
    }
  }

  func ranges(_ method: CalibrationMethod) -> ActivationRanges {
    var ranges = ActivationRanges()
    for (name, histogram) in histograms { ranges[name] = histogram.range(method) }
    return ranges
  }

  /// The range of all values, with `peaks` raised to the largest magnitudes by channel. Infinite where a value is no number.
  private static func measure(_ tensor: BatchTensor, peaks: inout [Float]) -> ClosedRange<Float> {
    let channels = tensor.shape.c
    if peaks.isEmpty { peaks = [Float](repeating: 0, count: channels) }
    var (low, high) = (Float.infinity, -Float.infinity)
    var isFinite = true
    peaks.withUnsafeMutableBufferPointer { peaks in
      tensor.forEachRow { row in
        var channel = 0
        for value in row {
          low = min(low, value)
          high = max(high, value)
          isFinite = isFinite && value.isFinite
          peaks[channel] = max(peaks[channel], abs(value))
          channel = channel + 1 == channels ? 0 : channel + 1
        }
      }
    }
    guard isFinite else { return -.infinity ... .infinity }
    return low <= high ? low...high : 0...0
  }
}

extension ClosedRange<Float> {
  fileprivate func union(_ other: ClosedRange<Float>) -> ClosedRange<Float> {
    Swift.min(lowerBound, other.lowerBound)...Swift.max(upperBound, other.upperBound)
  }
}

extension EvaluationSet {
  /// Numbers of at most `count` pictures, evenly spread over the set.
  func sample(_ count: Int) -> some Sequence<Int> {
    let used = min(count, self.count)
    return (0..<used).lazy.map { $0 * self.count / used }
  }
}
