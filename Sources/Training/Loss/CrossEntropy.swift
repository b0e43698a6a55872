// Softmax cross-entropy at the labels' resolution.
import Foundation
import Frames

/// The loss of a batch: weighted mean over labelled pixels of −Σ target · log p.
///
/// Logits have one cell per `stem`² pixels of the picture, and labels stay at the picture's size: each cell is compared
/// with all labels it stands for, which is the loss of the prediction as it is shown (each cell's class on all its
/// pixels), so thin things are not thinned out by shrinking the labels.
struct CrossEntropy: Sendable {
  /// By class; a label's weight in the mean.
  var classWeights: [Float]
  /// Share of the target spread evenly over all classes.
  var smoothing: Float = 0

  /// Mean loss; writes its gradient by the logits.
  ///
  /// - Parameters:
  ///   - logits: f32 compact `[n, h, w, K]`.
  ///   - labels: u8 `[n, h·cell, w·cell]`; values ≥ K are ignored.
  ///   - cell: picture pixels along one side of a cell.
  ///   - gradient: as `logits`; zero where nothing is labelled.
  func evaluate(
    logits: BatchTensor, labels: UnsafePointer<UInt8>, cell: Int, gradient: BatchTensor, workers: Workers
  ) -> Double {
    let shape = logits.shape
    let rows = shape.n * shape.h
    let shares = shareCount(pixels: shape.pixels)
    var sums = [(loss: Double, weight: Double)](repeating: (0, 0), count: shares)
    sums.withUnsafeMutableBufferPointer { parts in
      workers.run(shares: shares, floats: shape.c) { share, weights in
        var part = (loss: 0.0, weight: 0.0)
        for row in Workers.range(of: share, shares: shares, count: rows) {
          for x in 0..<shape.w {
            let corner = labels + row * cell * shape.w * cell + x * cell
            let weight = gather(corner, stride: shape.w * cell, cell: cell, to: weights, classes: shape.c)
            let at = x * shape.c
            part.loss += addCell(
              logits.row(row) + at, weights: weights, weight: weight, gradient: gradient.row(row) + at, count: shape.c)
            part.weight += Double(weight)
          }
        }
        parts[share] = part
      }
    }
    let weight = sums.reduce(0) { $0 + $1.weight }
    guard weight > 0 else { return 0 }
    scale(gradient, by: Float(1 / weight), workers: workers)
    return sums.reduce(0) { $0 + $1.loss } / weight
  }

  /// Sums class weights over the labels of one cell, by class; returns their total.
  private func gather(
    _ corner: UnsafePointer<UInt8>, stride: Int, cell: Int, to weights: UnsafeMutablePointer<Float>, classes: Int
  ) -> Float {
    weights.update(repeating: 0, count: classes)
    var total: Float = 0
    for y in 0..<cell {
      for x in 0..<cell {
        let label = Int(corner[y * stride + x])
        guard label < classes else { continue }
        weights[label] += classWeights[label]
        total += classWeights[label]
      }
    }
    return total
  }

  /// One cell's weighted loss; its gradient is weight · p − target weights.
  private func addCell(
    _ logits: UnsafePointer<Float>, weights: UnsafePointer<Float>, weight: Float,
    gradient: UnsafeMutablePointer<Float>, count: Int
  ) -> Double {
    guard weight > 0 else {
      gradient.update(repeating: 0, count: count)
      return 0
    }
    var largest = logits[0]
    for c in 1..<count { largest = max(largest, logits[c]) }
    var sum: Float = 0
    for c in 0..<count {
      gradient[c] = exp(logits[c] - largest)
      sum += gradient[c]
    }
    let logSum = log(sum) + largest
    let even = smoothing * weight / Float(count)
    var loss: Float = 0
    for c in 0..<count {
      let target = (1 - smoothing) * weights[c] + even
      loss += target * (logSum - logits[c])
      gradient[c] = weight * gradient[c] / sum - target
    }
    return Double(loss)
  }

  private func scale(_ gradient: BatchTensor, by factor: Float, workers: Workers) {
    let count = gradient.shape.pixels * gradient.shape.c
    workers.run(shares: 8) { share, _ in
      for i in Workers.range(of: share, shares: 8, count: count) { gradient.base[i] *= factor }
    }
  }
}
