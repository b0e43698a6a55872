// A zero point turned into channels, so that a convolution over joined sources needs none.

/// Constant channels beside a source whose codes have a zero point, which let a convolution read the codes as they are.
///
/// Verge's padding holds the zero point: outside of the picture a source is 0. Read without a zero point, codes are too large
/// by z inside of the picture and right outside of it. What is too much, z · Σ w over the channels of one tap, is taken off
/// again by channels that hold a constant code inside of the picture and, by zero padding, 0 outside of it. Their weights
/// are s8 like all others, so it takes as many channels of the largest code as the sums need, and one of code 1 for the
/// rest.
///
/// Runtimes can do with a zero point for each channel instead, but then ONNX Runtime leaves the integers (twice the time)
/// and some releases of OpenVINO pad with the wrong code.
struct ZeroPointChannels {
  private static let largestCode = 255
  private static let largestWeight = 127

  /// The code of each constant channel; none for a zero point of 0.
  let codes: [UInt8]
  /// s8 `[O, taps, codes]`.
  private let weights: [Int8]

  /// - Parameters:
  ///   - weight: s8 `[O, kh, kw, I]`.
  ///   - first: the first input channel of the source with the zero point; it has all from there on.
  init(weight: [Int8], shape: [Int], from first: Int, zeroPoint: UInt8) {
    let inputs = shape[3]
    let excess = stride(from: 0, to: weight.count, by: inputs).map { tap in
      Int(zeroPoint) * weight[(tap + first)..<(tap + inputs)].reduce(0) { $0 + Int($1) }
    }
    let step = Self.largestCode * Self.largestWeight
    let largest = excess.map { abs($0) }.max() ?? 0
    let full = (largest + step - 1) / step
    codes = largest == 0 ? [] : [UInt8](repeating: UInt8(Self.largestCode), count: full) + [1]
    weights = largest == 0 ? [] : excess.flatMap { Self.split(-$0, full: full) }
  }

  /// `weight` with the constant channels' weights after those of its input channels.
  func appended(to weight: [Int8], shape: [Int]) -> [Int8] {
    let inputs = shape[3]
    var result: [Int8] = []
    result.reserveCapacity(weight.count / inputs * (inputs + codes.count))
    for tap in 0..<weight.count / inputs {
      result += weight[(tap * inputs)..<((tap + 1) * inputs)]
      result += weights[(tap * codes.count)..<((tap + 1) * codes.count)]
    }
    return result
  }

  /// `sum` as weights of `full` channels of code 255 and one of code 1.
  private static func split(_ sum: Int, full: Int) -> [Int8] {
    // To the nearest, so that the rest is at most 127 either way.
    var quotient = (sum + (sum < 0 ? -largestWeight : largestWeight)) / largestCode
    let rest = sum - quotient * largestCode
    var weights = (0..<full).map { _ in
      let weight = min(max(quotient, -largestWeight), largestWeight)
      quotient -= weight
      return Int8(weight)
    }
    weights.append(Int8(rest))
    return weights
  }
}
