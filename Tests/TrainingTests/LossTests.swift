// Cross-entropy on cells that are easy to work out.
import Foundation
import Testing

@testable import Training

@Suite struct LossTests {
  private func evaluate(
    _ logits: [Float], labels: [UInt8], cell: Int, loss: CrossEntropy
  ) -> (loss: Double, gradient: [Float]) {
    let classes = loss.classWeights.count
    let shape = BatchShape(n: 1, h: 1, w: logits.count / classes, c: classes)
    let (tensor, gradient) = (BatchTensor(shape), BatchTensor(shape))
    for (i, value) in logits.enumerated() { tensor.base[i] = value }
    let value = labels.withUnsafeBufferPointer {
      loss.evaluate(
        logits: tensor, labels: $0.baseAddress!, cell: cell, gradient: gradient, workers: Workers(threads: 1))
    }
    return (value, (0..<logits.count).map { gradient.base[$0] })
  }

  @Test func evenLogitsCostTheLogarithmOfTheClassCount() {
    let result = evaluate([0, 0, 0, 0], labels: [2], cell: 1, loss: CrossEntropy(classWeights: [1, 1, 1, 1]))
    #expect(abs(result.loss - log(4)) < 1e-6)
    #expect(result.gradient == [0.25, 0.25, -0.75, 0.25])
  }

  @Test func aCellIsComparedWithAllItsLabels() {
    // Three labels of class 0 and one ignored in a 2×2 cell count like one label of class 0.
    let cell = evaluate([1, 0], labels: [0, 0, 255, 0], cell: 2, loss: CrossEntropy(classWeights: [1, 1]))
    let single = evaluate([1, 0], labels: [0], cell: 1, loss: CrossEntropy(classWeights: [1, 1]))
    #expect(abs(cell.loss - single.loss) < 1e-6)
    let worst = zip(cell.gradient, single.gradient).map { abs($0 - $1) }.max() ?? 1
    #expect(worst < 1e-6)
  }

  @Test func ignoredPixelsHaveNoGradient() {
    let result = evaluate([3, 1, 0, 2], labels: [255, 1], cell: 1, loss: CrossEntropy(classWeights: [1, 1]))
    #expect(result.gradient[0] == 0 && result.gradient[1] == 0)
    #expect(result.gradient[3] < 0)
    #expect(evaluate([3, 1], labels: [255], cell: 1, loss: CrossEntropy(classWeights: [1, 1])).loss == 0)
  }

  @Test func weightsActOnTheMean() {
    let result = evaluate([0, 0, 2, 0], labels: [0, 1], cell: 1, loss: CrossEntropy(classWeights: [3, 1]))
    let second = log(1 + exp(2.0))
    let expected = (3 * log(2.0) + second) / 4
    #expect(abs(result.loss - expected) < 1e-6)
  }
}
