// Which source samples count for an output along one axis, and how much.
import CKernels

/// The windows and weights of one axis: area averages where it shrinks, linear interpolation where it grows.
///
/// Samples are areas: output i of m covers source [i · n / m, (i + 1) · n / m). Weights are whole numbers that add up to
/// `one`, each within 1 of its exact value.
final class ScaleAxis {
  /// What the weights of an output add up to.
  static let one = 1 << 14
  /// The kernels read taps in fours.
  private static let tapsStep = 4

  let taps: Int
  private let first: UnsafeMutablePointer<UInt16>
  private let weights: UnsafeMutablePointer<Int16>

  /// - Precondition: `source` is 1 to 65535 and at most 15 times `output`, which is above 0.
  init(from source: Int, to output: Int) {
    precondition(
      source > 0 && source <= 65535 && output > 0 && source <= 15 * output, "\(source) cannot become \(output)")
    let windows = (0..<output).map {
      source >= output ? Self.area($0, source, output) : Self.linear($0, source, output)
    }
    let longest = windows.reduce(1) { max($0, $1.weights.count) }
    taps = (longest + Self.tapsStep - 1) / Self.tapsStep * Self.tapsStep
    first = .allocate(capacity: output)
    weights = .allocate(capacity: output * taps)
    weights.initialize(repeating: 0, count: output * taps)
    for (i, window) in windows.enumerated() {
      (first + i).initialize(to: UInt16(window.first))
      for (k, weight) in window.weights.enumerated() { weights[i * taps + k] = Int16(weight) }
    }
  }

  deinit {
    first.deallocate()
    weights.deallocate()
  }

  /// As the kernels want it; valid as long as the axis lives.
  var view: ck_scale_axis { ck_scale_axis(first: first, weights: weights, taps: Int32(taps)) }

  private typealias Window = (first: Int, weights: [Int])

  /// In units of 1 / m of a sample, output i covers i · n up to (i + 1) · n, and sample s up to (s + 1) · m.
  private static func area(_ i: Int, _ n: Int, _ m: Int) -> Window {
    let (begin, end) = (i * n, (i + 1) * n)
    let samples = begin / m..<(end + m - 1) / m
    var (weights, done) = ([Int](), 0)
    for sample in samples {
      let covered = min((sample + 1) * m, end) - begin
      let total = (covered * one + n / 2) / n
      weights.append(total - done)
      done = total
    }
    return (samples.lowerBound, weights)
  }

  /// Between the middles of samples; the outermost ones go on to the edge.
  private static func linear(_ i: Int, _ n: Int, _ m: Int) -> Window {
    let place = min(max((2 * i + 1) * n - m, 0), (n - 1) * 2 * m)
    let (sample, rest) = (place / (2 * m), place % (2 * m))
    if rest == 0 { return (sample, [one]) }
    let weight = (rest * one + m) / (2 * m)
    return (sample, [one - weight, weight])
  }
}
