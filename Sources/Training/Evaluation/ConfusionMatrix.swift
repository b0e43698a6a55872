// Counts of true and predicted classes, and the scores that follow from them.
import Frames

/// Pixels by true class (row) and predicted class (column).
public struct ConfusionMatrix: Sendable, Hashable {
  public let classes: Int
  /// `counts[truth · classes + prediction]`.
  public private(set) var counts: [Int]

  public init(classes: Int) {
    self.classes = classes
    counts = [Int](repeating: 0, count: classes * classes)
  }

  /// Counts the pixels whose true label is a class; predictions are classes.
  ///
  /// - Parameters:
  ///   - truth: u8 labels; values ≥ `classes` are ignored.
  ///   - prediction: u8 labels, as many.
  public mutating func add(truth: UnsafeBufferPointer<UInt8>, prediction: UnsafeBufferPointer<UInt8>) {
    precondition(truth.count == prediction.count, "\(truth.count) labels and \(prediction.count) predictions")
    for (t, p) in zip(truth, prediction) where Int(t) < classes && Int(p) < classes {
      counts[Int(t) * classes + Int(p)] += 1
    }
  }

  public static func += (a: inout ConfusionMatrix, b: ConfusionMatrix) {
    precondition(a.classes == b.classes, "matrices of other classes")
    for i in a.counts.indices { a.counts[i] += b.counts[i] }
  }

  /// Labelled pixels of class `c`.
  public func pixels(_ c: Int) -> Int { (0..<classes).reduce(0) { $0 + counts[c * classes + $1] } }

  /// Pixels predicted as class `c`.
  public func predicted(_ c: Int) -> Int { (0..<classes).reduce(0) { $0 + counts[$1 * classes + c] } }

  /// TP / (TP + FP + FN); nil for a class that is in neither labels nor predictions.
  public func iou(_ c: Int) -> Double? {
    let hits = counts[c * classes + c]
    let union = pixels(c) + predicted(c) - hits
    return union == 0 ? nil : Double(hits) / Double(union)
  }

  /// Mean IoU over the classes that the labels contain; classes absent from the labels are left out.
  public var meanIoU: Double {
    let values = (0..<classes).filter { pixels($0) > 0 }.compactMap(iou)
    return values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
  }

  /// Classes without a labelled pixel, which count in no mean.
  public var absent: [Int] { (0..<classes).filter { pixels($0) == 0 } }

  /// Share of the pixels predicted as `c` that are `c`; nil where there are none.
  public func precision(_ c: Int) -> Double? {
    predicted(c) == 0 ? nil : Double(counts[c * classes + c]) / Double(predicted(c))
  }

  /// Share of the pixels labelled `c` that are predicted as `c`; nil where there are none.
  public func recall(_ c: Int) -> Double? {
    pixels(c) == 0 ? nil : Double(counts[c * classes + c]) / Double(pixels(c))
  }

  /// Share of labelled pixels that are right.
  public var pixelAccuracy: Double {
    let total = counts.reduce(0, +)
    let hits = (0..<classes).reduce(0) { $0 + counts[$1 * classes + $1] }
    return total == 0 ? 0 : Double(hits) / Double(total)
  }
}

extension ConfusionMatrix {
  /// Comma-separated values: predicted classes in the first row, then a row for each true class.
  public func csv(classNames: [String]) -> String {
    let quoted = classNames.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }
    let rows = quoted.enumerated().map { c, name in
      ([name] + counts[(c * classes)..<((c + 1) * classes)].map(String.init)).joined(separator: ",")
    }
    return (["\"true \\ predicted\"," + quoted.joined(separator: ",")] + rows).joined(separator: "\n") + "\n"
  }
}
