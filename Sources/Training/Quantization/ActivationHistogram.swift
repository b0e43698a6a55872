// Where the values of one activation lie, and the range that each calibration method takes from them.
import Foundation

/// How often values occurred, in equal bins between the extremes.
struct ActivationHistogram {
  static let bins = 4096
  /// Codes of an 8-bit activation.
  private static let codes = 256
  let extremes: ClosedRange<Float>
  private(set) var counts = [Int](repeating: 0, count: bins)

  init(_ extremes: ClosedRange<Float>) { self.extremes = extremes }

  private var binWidth: Float { (extremes.upperBound - extremes.lowerBound) / Float(Self.bins) }

  /// Whether the extremes lie apart, and neither so far nor so near that a bin's width is no normal number.
  private var hasBins: Bool { binWidth.isNormal }

  mutating func add(_ values: UnsafeBufferPointer<Float>) {
    guard hasBins else { return }
    let scale = 1 / binWidth
    let low = extremes.lowerBound
    counts.withUnsafeMutableBufferPointer { counts in
      for value in values { counts[min(Self.bins - 1, max(0, Int((value - low) * scale)))] += 1 }
    }
  }

  func range(_ method: CalibrationMethod) -> ClosedRange<Float> {
    guard hasBins else { return extremes }
    return switch method {
    case .minMax: extremes
    case .percentile(let outside): percentile(outside)
    case .meanSquare: least(squaredError)
    case .entropy: least(divergence)
    }
  }

  /// The bin of exact zeros, where a ReLU made them. They are exact at any scale, and tell nothing of the range.
  private var zeroBin: Int? { extremes.lowerBound == 0 ? 0 : nil }

  private func percentile(_ outside: Double) -> ClosedRange<Float> {
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

  /// Tries upper ends from 30 % to 100 % of the way out, and lower ends alike.
  private func least(_ cost: (ClosedRange<Float>) -> Double) -> ClosedRange<Float> {
    var best = (cost: Double.infinity, range: extremes)
    for percent in stride(from: 30, through: 100, by: 2) {
      let share = Float(percent) / 100
      let range = min(0, extremes.lowerBound * share)...max(0, extremes.upperBound * share)
      let cost = cost(range)
      if cost < best.cost { best = (cost, range) }
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

  /// Σ p · log(p / q): p are the values with those beyond the range moved to its ends, q what is left of those inside when
  /// each code stands for the mean of the bins it covers.
  private func divergence(_ range: ClosedRange<Float>) -> Double {
    let first = min(Self.bins - Self.codes, max(0, Int((range.lowerBound - extremes.lowerBound) / binWidth)))
    let end = min(Self.bins, max(first + Self.codes, Int((range.upperBound - extremes.lowerBound) / binWidth)))
    let start = first == zeroBin ? first + 1 : first
    let inside = counts[start..<end].map(Double.init)
    var clipped = inside
    if start == first { clipped[0] += counts[..<start].reduce(0) { $0 + Double($1) } }
    clipped[inside.count - 1] += counts[end...].reduce(0) { $0 + Double($1) }
    let (total, insideTotal) = (clipped.reduce(0, +), inside.reduce(0, +))
    guard insideTotal > 0 else { return .infinity }
    var sum = 0.0
    for code in 0..<Self.codes {
      let part = inside.count * code / Self.codes..<inside.count * (code + 1) / Self.codes
      let share = inside[part].reduce(0, +) / insideTotal
      let filled = Double(clipped[part].count { $0 > 0 })
      for count in clipped[part] where count > 0 {
        // A bin that only clipped values fill is improbable in q, not impossible.
        sum += count / total * log(count / total / max(share / filled, 1e-9))
      }
    }
    return sum
  }
}
