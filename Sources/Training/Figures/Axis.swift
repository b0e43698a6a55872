// The numbers along a side of a plot.
import Foundation

/// A range of values with round ticks, laid over a span of pixels.
struct Axis {
  let range: ClosedRange<Double>
  let ticks: [Double]
  /// Decimals that tell the ticks apart.
  private let decimals: Int
  private let start, length: Double

  /// - Parameters:
  ///   - values: what is to lie on the axis; it ends at ticks where `isLoose`, else at the outermost values.
  ///   - start: the pixel of the lowest value; `length` is negative for an axis that goes up.
  ///   - count: about how many ticks there shall be.
  ///   - isWhole: whether fractions mean nothing: steps, epochs.
  init(
    _ values: ClosedRange<Double>, start: Int, length: Int, count: Int, isLoose: Bool = true, isWhole: Bool = false
  ) {
    let breadth = values.upperBound - values.lowerBound
    let widened = breadth > 0 ? breadth : max(1e-6, abs(values.upperBound))
    let step = Self.round(widened / Double(max(1, count)), isWhole: isWhole)
    var (low, high) = (values.lowerBound, values.upperBound)
    if isLoose { (low, high) = ((low / step - 1e-9).rounded(.up) * step, (high / step - 1e-9).rounded(.up) * step) }
    if isLoose, low > values.lowerBound { low -= step }
    if high <= low { high = low + step }
    range = low...high
    let (first, last) = (Int((low / step - 1e-9).rounded(.up)), Int((high / step + 1e-9).rounded(.down)))
    ticks = (first...max(first, last)).map { Double($0) * step }
    decimals = max(0, Int((-log10(step) - 1e-9).rounded(.up)))
    (self.start, self.length) = (Double(start), Double(length))
  }

  /// The smallest of 1, 2 and 5 times a power of ten that is at least `step`.
  private static func round(_ step: Double, isWhole: Bool) -> Double {
    let power = pow(10, log10(step).rounded(.down))
    let found = [1, 2, 5, 10].map { $0 * power }.first { $0 >= step * (1 - 1e-9) } ?? 10 * power
    return isWhole ? max(1, found) : found
  }

  func pixel(_ value: Double) -> Double {
    start + (value - range.lowerBound) / (range.upperBound - range.lowerBound) * length
  }

  /// `0.25`, `400`, `12k`.
  func label(_ tick: Double) -> String {
    if decimals == 0, tick != 0, range.upperBound >= 20_000 {
      let thousands = tick / 1000
      return thousands == thousands.rounded() ? "\(Int(thousands))k" : String(format: "%.1fk", thousands)
    }
    return String(format: "%.\(decimals)f", tick == 0 ? 0 : tick)
  }
}
