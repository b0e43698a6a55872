// Scores of all classes for every pixel, and how they are averaged.
import Foundation
import Frames

/// One number per class and pixel: f32 `[height, width, classes]`.
public struct ScoreMap: Sendable {
  let width, height, classes: Int
  private(set) var values: [Float]

  /// - Parameter values: `[height, width, classes]`.
  public init(width: Int, height: Int, classes: Int, values: [Float]) {
    precondition(values.count == width * height * classes, "\(values.count) scores for \(width)×\(height)×\(classes)")
    (self.width, self.height, self.classes, self.values) = (width, height, classes, values)
  }

  /// The class of the largest score, the lowest one on ties.
  func labels() -> LabelMap {
    let map = LabelMap(width: width, height: height)
    values.withUnsafeBufferPointer { values in
      for pixel in 0..<(width * height) {
        var best = 0
        for c in 1..<max(1, classes) where values[pixel * classes + c] > values[pixel * classes + best] { best = c }
        map.labels[pixel] = UInt8(best)
      }
    }
    return map
  }

  /// Logits as probabilities.
  func softmax() -> ScoreMap {
    var result = self
    result.values.withUnsafeMutableBufferPointer { values in
      for first in stride(from: 0, to: values.count, by: classes) {
        let peak = (0..<classes).reduce(-Float.infinity) { max($0, values[first + $1]) }
        var sum: Float = 0
        for i in first..<(first + classes) {
          values[i] = exp(values[i] - peak)
          sum += values[i]
        }
        for i in first..<(first + classes) { values[i] /= sum }
      }
    }
    return result
  }

  /// How unsure logits are: the mean entropy of the pixels' probabilities, 0 for certainty, 1 where all classes are as likely.
  public func meanEntropy() -> Double {
    guard classes > 1, !values.isEmpty else { return 0 }
    let sum = softmax().values.reduce(0.0) { $1 > 0 ? $0 - Double($1 * log($1)) : $0 }
    return sum / (Double(width * height) * log(Double(classes)))
  }

  /// Left and right exchanged.
  func mirrored() -> ScoreMap {
    var result = self
    for y in 0..<height {
      for x in 0..<width {
        let (from, to) = ((y * width + width - 1 - x) * classes, (y * width + x) * classes)
        for c in 0..<classes { result.values[to + c] = values[from + c] }
      }
    }
    return result
  }

  /// At another size, linear between centres, the outermost ones continued to the edge.
  func resized(width newWidth: Int, height newHeight: Int) -> ScoreMap {
    if newWidth == width && newHeight == height { return self }
    let columns = Self.places(newWidth, over: width)
    let rows = Self.places(newHeight, over: height)
    var result = [Float](repeating: 0, count: newWidth * newHeight * classes)
    for (y, row) in rows.enumerated() {
      for (x, column) in columns.enumerated() {
        let (top, bottom) = (row.low * width * classes, row.high * width * classes)
        let (left, right) = (column.low * classes, column.high * classes)
        for c in 0..<classes {
          let upper = values[top + left + c] * (1 - column.share) + values[top + right + c] * column.share
          let lower = values[bottom + left + c] * (1 - column.share) + values[bottom + right + c] * column.share
          result[(y * newWidth + x) * classes + c] = upper * (1 - row.share) + lower * row.share
        }
      }
    }
    return ScoreMap(width: newWidth, height: newHeight, classes: classes, values: result)
  }

  /// Adds another map of the same size.
  static func += (a: inout ScoreMap, b: ScoreMap) {
    precondition((a.width, a.height, a.classes) == (b.width, b.height, b.classes), "score maps of other sizes")
    for i in a.values.indices { a.values[i] += b.values[i] }
  }

  /// For each of `count` places the two of `old` that it lies between, and the share of the higher one.
  private static func places(_ count: Int, over old: Int) -> [(low: Int, high: Int, share: Float)] {
    (0..<count).map { i in
      let place = min(max((Float(i) + 0.5) * Float(old) / Float(count) - 0.5, 0), Float(old - 1))
      return (Int(place), min(Int(place) + 1, old - 1), place - Float(Int(place)))
    }
  }
}
