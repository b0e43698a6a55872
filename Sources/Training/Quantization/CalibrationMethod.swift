// The ways to take a range from the values that occurred.

/// How an activation's range is taken from the values that occurred.
public enum CalibrationMethod: Sendable, Hashable {
  /// Smallest to largest.
  case minMax
  /// Leaves out this share of the values at each end: rare outliers would cost all others their precision.
  case percentile(outside: Double)
  /// The range of least mean squared error of rounding and clipping.
  case meanSquare
  /// The range that changes the distribution of the values least, by Kullback–Leibler divergence.
  ///
  /// - Source: Migacz 2017, "8-bit inference with TensorRT".
  case entropy

  /// Leaves out one value in 20,000 at each end.
  public static let standard = CalibrationMethod.percentile(outside: 5e-5)

  /// In the order they are tried; the first of equals wins.
  public static let all: [CalibrationMethod] = [.standard, .minMax, .meanSquare, .entropy]
}

extension CalibrationMethod: CustomStringConvertible {
  public var description: String {
    switch self {
    case .minMax: "min-max"
    case .percentile(let outside): "percentile \((1e6 * (1 - outside)).rounded() / 1e4)"
    case .meanSquare: "mean square"
    case .entropy: "entropy"
    }
  }
}
