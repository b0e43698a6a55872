// How well the outlines of classes are met.
import Frames

/// F1 of boundary pixels within a tolerance, summed over pictures by class.
///
/// A pixel is on the boundary of its class when its right or lower neighbour has another label. A predicted boundary
/// pixel is right when a true one of its class lies within the tolerance (square window), and the other way round.
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
    // Where nothing is labelled a prediction is neither right nor wrong.
    let actual = Self.boundaries(truth, known: truth, width: width, height: height)
    let predicted = Self.boundaries(known, known: truth, width: width, height: height)
    for c in 0..<classes {
      let (a, p) = (actual.map { $0 == UInt8(c) }, predicted.map { $0 == UInt8(c) })
      guard a.contains(true) || p.contains(true) else { continue }
      let (nearA, nearP) = (widen(a, width, height), widen(p, width, height))
      for i in a.indices {
        if p[i] { counts[c].predicted += 1 }
        if p[i] && nearA[i] { counts[c].right += 1 }
        if a[i] { counts[c].actual += 1 }
        if a[i] && nearP[i] { counts[c].found += 1 }
      }
    }
  }

  /// Mean F1 over the classes that have true boundaries.
  var mean: Double {
    let scores = counts.filter { $0.actual > 0 }.map { count in
      let precision = count.predicted == 0 ? 0 : Double(count.right) / Double(count.predicted)
      let recall = Double(count.found) / Double(count.actual)
      return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall)
    }
    return scores.isEmpty ? 0 : scores.reduce(0, +) / Double(scores.count)
  }

  /// The class at boundary pixels, 255 elsewhere.
  private static func boundaries(
    _ labels: UnsafeBufferPointer<UInt8>, known: UnsafeBufferPointer<UInt8>, width: Int, height: Int
  ) -> [UInt8] {
    var result = [UInt8](repeating: ignoreLabel, count: labels.count)
    for y in 0..<height {
      for x in 0..<width {
        let at = y * width + x
        guard known[at] != ignoreLabel else { continue }
        for next in [x + 1 < width ? at + 1 : at, y + 1 < height ? at + width : at]
        where known[next] != ignoreLabel && labels[next] != labels[at] {
          result[at] = labels[at]
          result[next] = labels[next]
        }
      }
    }
    return result
  }

  /// Whether a set pixel lies within the tolerance: rows first, then columns.
  private func widen(_ set: [Bool], _ width: Int, _ height: Int) -> [Bool] {
    var rows = [Bool](repeating: false, count: set.count)
    for y in 0..<height {
      for x in 0..<width where set[y * width + x] {
        for near in max(0, x - tolerance)...min(width - 1, x + tolerance) { rows[y * width + near] = true }
      }
    }
    var result = rows
    for y in 0..<height {
      for x in 0..<width where rows[y * width + x] {
        for near in max(0, y - tolerance)...min(height - 1, y + tolerance) { result[near * width + x] = true }
      }
    }
    return result
  }
}
