// Frame rates as people write them.
import ArgumentParser
import Frames

/// `30`, `29.97` or `30000/1001` frames a second on the command line.
struct FrameRate: ExpressibleByArgument, Sendable, Equatable {
  let rate: Rational

  init(_ rate: Rational) { self.rate = rate }

  init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
    if parts.count == 2, let num = Int32(parts[0]), let den = Int32(parts[1]), num > 0, den > 0 {
      rate = Rational(num, den)
    } else if let whole = Int32(argument), whole > 0 {
      rate = Rational(whole, 1)
    } else if let number = Double(argument), number >= 0.001, number <= 1e6 {
      rate = Rational(Int32((number * 1000).rounded()), 1000)
    } else {
      return nil
    }
  }

  var defaultValueDescription: String { rate.den == 1 ? "\(rate.num)" : "\(rate.num)/\(rate.den)" }
}
