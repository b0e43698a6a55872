// Ranges from values.
import Foundation
import Testing
import UNet

@testable import Training

@Suite struct CalibrationTests {
  private func range(_ method: CalibrationMethod, of values: [Float]) -> ClosedRange<Float> {
    var histogram = ActivationHistogram((values.min() ?? 0)...(values.max() ?? 0))
    values.withUnsafeBufferPointer { histogram.add($0) }
    return histogram.range(method)
  }

  @Test(arguments: [[0, Float(bitPattern: 7)], [-3e38, 3e38], [0, 0]] as [[Float]])
  func extremesThatNoBinsLieBetweenAreKept(values: [Float]) {
    for method in CalibrationMethod.all { #expect(range(method, of: values) == values[0]...values[1]) }
  }

  /// 200,000 values that thin out from 0 to 1, and a few at 4: entropy gives up what squares are too dear for.
  @Test func percentilesAndEntropyGiveUpLonelyOutliers() {
    let values = (0..<200_000).map { pow(Float($0) / 200_000, 3) } + [3.9, 4, 4]
    #expect(range(.minMax, of: values).upperBound == 4)
    #expect(range(.percentile(outside: 1e-3), of: values).upperBound < 1.01)
    #expect(range(.entropy, of: values).upperBound < 2.5)
  }

  /// One clipped value in 200,000 costs 0.25 / 200,000; rounding all to half as coarse again costs more.
  @Test func theLeastSquaresGiveUpAnOutlierThatCostsLess() {
    let values = (0..<200_000).map { Float($0) / 200_000 } + [1.5]
    #expect(range(.meanSquare, of: values).upperBound < 1.3)
  }

  @Test(arguments: CalibrationMethod.all) func evenlySpreadValuesKeepTheirRange(method: CalibrationMethod) {
    let values = (0...50_000).map { Float($0) / 25_000 - 0.5 }  // −0.5…1.5
    let range = range(method, of: values)
    #expect(range.lowerBound < -0.47 && range.upperBound > 1.45, "\(range)")
  }

  /// With as many zeros as a ReLU makes, the range follows the other values.
  @Test(arguments: CalibrationMethod.all) func zerosOfAReLUDoNotCount(method: CalibrationMethod) {
    let values = [Float](repeating: 0, count: 100_000) + (0...10_000).map { Float($0) / 10_000 }
    #expect(range(method, of: values).upperBound > 0.9, "\(method)")
  }

  @Test func anActivationThatIsNoNumberIsNamed() throws {
    let architecture = try Fixtures.architecture()
    var weights = Fixtures.weights(architecture)
    weights["down1.conv0"]?.norm?.scale[3] = 1e38
    weights["down1.conv0"]?.norm?.variance[3] = 0
    let model = try Model(
      name: "hot", architecture: architecture, weights: weights, trainingInput: InputSize(height: 32, width: 48),
      receipt: Receipt(toolVersion: "test"))
    let set = try EvaluationSet(ToySource(), architecture: architecture)
    #expect {
      try ActivationStatistics(model, on: set, pictures: 2, threads: 1)
    } throws: { "\($0)".contains("down1.conv0") }
  }

  @Test func aSampleIsSpreadEvenly() throws {
    let set = try EvaluationSet(ToySource(count: 8), architecture: try Fixtures.architecture())
    #expect(Array(set.sample(4)) == [0, 2, 4, 6])
    #expect(Array(set.sample(100)) == Array(0..<8))
  }
}
