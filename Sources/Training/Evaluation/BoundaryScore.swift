// How well the outlines of classes are met.
import Frames

/// F1 of boundary pixels within a tolerance, summed over pictures by class.
///
/// A pixel is on the boundary of its class when its right or lower neighbour has another label, or it is such a neighbour.
/// A predicted boundary pixel is right when a true one of its class lies within the tolerance (square window), and the
/// other way round. Where nothing is labelled a prediction is neither right nor wrong.
/// - Source: Csurka et al. 2013, with a tolerance in pixels and counts pooled over the set.
struct BoundaryScore {
  let classes: Int
  /// Pixels, either way.
  let tolerance: Int
  /// By class: predicted, of them right; true, of them found.
  private var counts: [(predicted: Int, right: Int, actual: Int, found: Int)]

  init(classes: Int, tolerance: Int = 3) {
    self.classes = classes
    self.tolerance = tolerance
    counts = Array(repeating: (0, 0, 0, 0), count: classes)
  }

  mutating func add(truth: UnsafeBufferPointer<UInt8>, prediction: LabelMap) {
    let (width, height) = (prediction.width, prediction.height)
    let known = UnsafeBufferPointer(prediction.buffer)
    let actual = Self.boundaries(truth, known: truth, width: width, height: height)
    let predicted = Self.boundaries(known, known: truth, width: width, height: height)
    for y in 0..<height {
      for x in 0..<width {
        let (a, p) = (Int(actual[y * width + x]), Int(predicted[y * width + x]))
        if p < classes {
          counts[p].predicted += 1
          if isNear(UInt8(p), actual, x, y, width, height) { counts[p].right += 1 }
        }
        if a < classes {
          counts[a].actual += 1
          if isNear(UInt8(a), predicted, x, y, width, height) { counts[a].found += 1 }
        }
      }
    }
  }

  /// F1 of class `c`; nil where it has no true boundary.
  func score(_ c: Int) -> Double? {
    let count = counts[c]
    guard count.actual > 0 else { return nil }
    let precision = count.predicted == 0 ? 0 : Double(count.right) / Double(count.predicted)
    let recall = Double(count.found) / Double(count.actual)
    return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall)
  }

  /// Mean F1 over the classes that have true boundaries.
  var mean: Double {
    let scores = (0..<classes).compactMap(score)
    return scores.isEmpty ? 0 : scores.reduce(0, +) / Double(scores.count)
  }

  /// The class at boundary pixels, 255 elsewhere.
  private static func boundaries(
    _ labels: UnsafeBufferPointer<UInt8>, known: UnsafeBufferPointer<UInt8>, width: Int, height: Int
  ) -> [UInt8] {
    var result = [UInt8](repeating: ignoreLabel, count: labels.count)
    func compare(_ at: Int, _ next: Int) {
      guard labels[next] != labels[at], known[next] != ignoreLabel else { return }
      (result[at], result[next]) = (labels[at], labels[next])
    }
    for y in 0..<height {
      for at in (y * width)..<((y + 1) * width) where known[at] != ignoreLabel {
        if at + 1 < (y + 1) * width { compare(at, at + 1) }
        if y + 1 < height { compare(at, at + width) }
      }
    }
    return result
  }

  /// Whether the window around a pixel holds a boundary pixel of class `c`.
  private func isNear(_ c: UInt8, _ map: [UInt8], _ x: Int, _ y: Int, _ width: Int, _ height: Int) -> Bool {
    for row in max(0, y - tolerance)...min(height - 1, y + tolerance) {
      for near in (row * width + max(0, x - tolerance))...(row * width + min(width - 1, x + tolerance))
      where map[near] == c { return true }
    }
    return false
  }
}
