// Which range each activation covers, from sample pictures.
import Foundation
import Frames
public import UNet

/// How a range is taken from the values that occurred.
public enum CalibrationMethod: Sendable, Hashable {
  /// Smallest to largest.
  case minMax
  /// Leaves out this share of the values at each end: rare outliers would cost all others their precision.
  case percentile(outside: Double)
  /// The range of least mean squared error of rounding and clipping.
  case meanSquare

  /// Leaves out one value in 20,000 at each end.
  public static let standard = CalibrationMethod.percentile(outside: 5e-5)
}

/// Measures activations of the float network on pictures.
public enum Calibration {
  /// The range of every layer's output but the head's.
  ///
  /// Goes over the pictures twice: for the extremes, then for a histogram between them.
  /// - Parameters:
  ///   - pictures: how many of the set to use, evenly spread over it.
  /// - Throws: `TrainingError.data`, `.setting` or `.quantization` when an activation is not a number.
  public static func measure(
    _ model: Model, on set: EvaluationSet, pictures: Int, method: CalibrationMethod = .standard, threads: Int
  ) throws(TrainingError) -> ActivationRanges {
    let predictor = try FloatPredictor(model, threads: threads)
    let step = max(1, set.count / max(1, pictures))
    let chosen = stride(from: 0, to: set.count, by: step).prefix(pictures)
    var extremes = ActivationRanges()
    for index in chosen {
      let network = try predictor.run(set.picture(at: index))
      for (name, value) in network.outputs { extremes.include(range(of: value), of: name) }
    }
    if case .minMax = method { return extremes }
    var histograms = extremes.ranges.mapValues { ActivationHistogram($0) }
    for index in chosen {
      let network = try predictor.run(set.picture(at: index))
      for (name, value) in network.outputs { forEachRow(of: value) { histograms[name]?.add($0) } }
    }
    var ranges = ActivationRanges()
    for (name, histogram) in histograms { ranges[name] = histogram.range(method) }
    return ranges
  }

  private static func range(of tensor: BatchTensor) -> ClosedRange<Float> {
    var (low, high) = (Float.infinity, -Float.infinity)
    forEachRow(of: tensor) { row in
      for value in row {
        low = min(low, value)
        high = max(high, value)
      }
    }
    return low <= high ? low...high : 0...0
  }

  private static func forEachRow(of tensor: BatchTensor, _ body: (UnsafeBufferPointer<Float>) -> Void) {
    let shape = tensor.shape
    for row in 0..<(shape.n * shape.h) {
      body(UnsafeBufferPointer(start: tensor.row(row), count: shape.w * shape.c))
    }
  }
}

extension TrainingNetwork {
  /// The output of each layer that the model file knows, but the head's.
  var outputs: [(name: String, value: BatchTensor)] {
    layers.compactMap { layer in
      switch layer {
      case let block as ConvolutionBlock: (block.name, block.output.value)
      case let up as TransposedConvolution: (up.name, up.output.value)
      default: nil
      }
    }
  }
}

/// How often values occurred, in equal bins between the extremes.
struct ActivationHistogram {
  static let bins = 4096
  let extremes: ClosedRange<Float>
  private(set) var counts = [Int](repeating: 0, count: bins)

  init(_ extremes: ClosedRange<Float>) { self.extremes = extremes }

  private var binWidth: Float { (extremes.upperBound - extremes.lowerBound) / Float(Self.bins) }

  mutating func add(_ values: UnsafeBufferPointer<Float>) {
    guard binWidth > 0 else { return }
    let scale = 1 / binWidth
    for value in values {
      counts[min(Self.bins - 1, max(0, Int((value - extremes.lowerBound) * scale)))] += 1
    }
  }

  func range(_ method: CalibrationMethod) -> ClosedRange<Float> {
    guard binWidth > 0 else { return extremes }
    return switch method {
    case .minMax: extremes
    case .percentile(let outside): percentile(outside)
    case .meanSquare: leastError()
    }
  }

  /// Zeros of a ReLU are exact at any scale; shares are taken of the values apart from zero.
  private func percentile(_ outside: Double) -> ClosedRange<Float> {
    let zeroBin = extremes.lowerBound == 0 ? 0 : -1
    let total = counts.enumerated().reduce(0) { $0 + ($1.offset == zeroBin ? 0 : $1.element) }
    let limit = Double(total) * outside
    return edge(limit, from: 0, by: 1)...edge(limit, from: Self.bins - 1, by: -1)
  }

  /// The outer edge of the bin where the count from one end passes `limit`.
  private func edge(_ limit: Double, from start: Int, by step: Int) -> Float {
    var (sum, bin) = (0.0, start)
    while bin > 0 || step > 0, bin < Self.bins - 1 || step < 0 {
      sum += Double(counts[bin])
      if sum > limit { break }
      bin += step
    }
    return extremes.lowerBound + binWidth * Float(step > 0 ? bin : bin + 1)
  }

  /// Tries upper ends from 30 % to 100 % of the way out, and lower ends alike, for 256 codes.
  private func leastError() -> ClosedRange<Float> {
    var best = (error: Double.infinity, range: extremes)
    for percent in stride(from: 30, through: 100, by: 2) {
      let share = Float(percent) / 100
      let range = min(0, extremes.lowerBound * share)...max(0, extremes.upperBound * share)
      let error = squaredError(range)
      if error < best.error { best = (error, range) }
    }
    return best.range
  }

  private func squaredError(_ range: ClosedRange<Float>) -> Double {
    let rounding = Double((range.upperBound - range.lowerBound) / 255)
    var sum = 0.0
    for (bin, count) in counts.enumerated() where count > 0 {
      let value = extremes.lowerBound + binWidth * (Float(bin) + 0.5)
      let clipped = Double(max(range.lowerBound - value, value - range.upperBound, 0))
      sum += Double(count) * (clipped > 0 ? clipped * clipped : rounding * rounding / 12)
    }
    return sum
  }
}
