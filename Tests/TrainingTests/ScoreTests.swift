// Scores on examples worked out by hand.
import Frames
import Testing

@testable import Training

@Suite struct ScoreTests {
  private func matrix(truth: [UInt8], prediction: [UInt8], classes: Int = 3) -> ConfusionMatrix {
    var matrix = ConfusionMatrix(classes: classes)
    truth.withUnsafeBufferPointer { t in
      prediction.withUnsafeBufferPointer { p in matrix.add(truth: t, prediction: p) }
    }
    return matrix
  }

  @Test func scoresFollowFromCounts() {
    // Class 0: 2 right, 1 taken for 1. Class 1: 2 right, 1 taken for 0.
    let m = matrix(truth: [0, 0, 0, 1, 1, 1, 255], prediction: [0, 0, 1, 1, 1, 0, 2])
    #expect(m.iou(0) == 0.5)
    #expect(m.iou(1) == 0.5)
    #expect(m.pixelAccuracy == 4.0 / 6.0)
    #expect(m.pixels(1) == 3)
  }

  @Test func absentClassesAreLeftOutOfTheMean() {
    let m = matrix(truth: [0, 0, 1, 1], prediction: [0, 0, 1, 2])
    #expect(m.iou(2) == 0)
    #expect(m.meanIoU == 0.75)
    #expect(matrix(truth: [0, 1], prediction: [0, 1]).iou(2) == nil)
  }

  @Test func ignoredPixelsCountNowhere() {
    let m = matrix(truth: [255, 255], prediction: [0, 1])
    #expect(m.counts.allSatisfy { $0 == 0 })
    #expect(m.meanIoU == 0)
  }

  @Test func enlargingTakesTheNearestLabelWithCentresAligned() {
    let small = LabelMap(width: 2, height: 1)
    (small.labels[0], small.labels[1]) = (3, 7)
    let large = Evaluator.enlarge(small, width: 5, height: 2)
    // Centres of 5 pixels over 2 labels: 0.2, 0.6, 1.0, 1.4, 1.8.
    #expect(Array(large.buffer) == [3, 3, 7, 7, 7, 3, 3, 7, 7, 7])
  }

  @Test func boundariesOfAPerfectPredictionScoreOne() {
    let map = LabelMap(width: 16, height: 16)
    for i in 0..<map.count where i % 16 >= 8 { map.labels[i] = 1 }
    var score = BoundaryScore(classes: 2)
    score.add(truth: UnsafeBufferPointer(map.buffer), prediction: map)
    #expect(score.mean == 1)
  }

  @Test func boundariesFarFromTheTruthScoreZero() {
    let (truth, guess) = (LabelMap(width: 32, height: 8), LabelMap(width: 32, height: 8))
    for i in 0..<truth.count where i % 32 >= 8 { truth.labels[i] = 1 }
    for i in 0..<guess.count where i % 32 >= 24 { guess.labels[i] = 1 }
    var score = BoundaryScore(classes: 2, tolerance: 3)
    score.add(truth: UnsafeBufferPointer(truth.buffer), prediction: guess)
    #expect(score.mean == 0)
  }
}
