// The exponential and the confidence against double precision.
import CKernels
import Foundation
import Testing

@Suite struct ConfidenceTests {
  @Test func theExponentialKeepsItsBound() {
    #expect(ck_exp(0) == 1)
    for step in 0...87_000 {
      let x = -Float(step) * 0.001
      let exact = exp(Double(x))
      #expect(abs(Double(ck_exp(x)) - exact) <= (2e-7 + 2e-7 * Double(-x)) * exact)
    }
  }

  @Test func farBelowTheBestAClassCountsForNothing() {
    for x: Float in [-88, -100, -1e4, -1e30, -.greatestFiniteMagnitude] {
      #expect(ck_exp(x) > 0 && ck_exp(x) < 1e-37)
    }
    #expect(ck_confidence([-1e30, 4, -200], 3, 4) == 255)
  }

  @Test func confidenceIsTheRoundedProbability() {
    var generator = SystemRandomNumberGenerator()
    for classes in [1, 2, 11, 255] {
      for _ in 0..<200 {
        let scores = (0..<classes).map { _ in Float.random(in: -8...8, using: &generator) }
        let best = scores.max() ?? 0
        let probability = 1 / scores.reduce(0) { $0 + exp(Double($1) - Double(best)) }
        let value = Double(ck_confidence(scores, Int32(classes), best))
        #expect(abs(value - 255 * probability) <= 0.501)
      }
    }
  }
}
