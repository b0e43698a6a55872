// The registry of checks of training's passes over pixels: every pass of a tier against tier `c`, bit for bit.
import CKernels
public import Tensors

/// The check of one pass.
public struct NormCheck: Sendable {
  public let name: String
  private let pass: NormCase.Pass

  /// All checks.
  public static let all = NormCase.Pass.allCases.map { NormCheck(name: "train_norm_\($0.rawValue)", pass: $0) }

  /// Runs the check of `tier`, which this CPU must have, on rows of numbers of one type.
  ///
  /// - Returns: how many cases there were, and the first failures.
  public func run(_ tier: TrainingTier, _ real: RealType, seed: UInt64) -> (cases: Int, failures: [String]) {
    var random = SplitMix64(seed: seed)
    let (passes, oracle) = (NormPasses(tier: tier, real: real), NormPasses(tier: .c, real: real))
    var cases = 0
    var failures: [String] = []
    // Channels that fill vectors of 16, and that leave half of one; pixels around a unit of two.
    for channels in [8, 16, 24, 48, 80] {
      for pixels in [1, 2, 3, 5, 8, 17, 33] {
        let data = NormCase(pixels: pass.takesPairs ? 2 * pixels : pixels, channels: channels, real, &random)
        cases += 1
        for (place, pair) in zip(data.outcome(of: pass, passes), data.outcome(of: pass, oracle)).enumerated() {
          guard let byte = pair.0.firstDifference(from: pair.1), failures.count < 10 else { continue }
          failures.append("\(data): result \(place) differs at byte \(byte) of \(pair.0.byteCount)")
        }
      }
    }
    return (cases, failures)
  }
}
