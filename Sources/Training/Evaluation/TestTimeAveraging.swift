// Several views of a picture, whose probabilities are averaged.
import Frames

/// What can give the scores of all classes, not labels alone.
public protocol ScoringPredictor: Predictor {
  /// Logits at 1/stem of the input's size.
  ///
  /// - Throws: `TrainingError` when the network cannot run at this size.
  func logits(_ picture: EvaluationPicture) throws(TrainingError) -> ScoreMap
}

/// The views of test-time averaging: sizes, and whether each is looked at in a mirror as well.
///
/// Written `flip`, `0.75,1.25`, or `flip,0.75,1.25`; the picture itself is always one of the views.
public struct TestTimeAveraging: Sendable, Hashable {
  public let flips: Bool
  /// Of the sides of the network's input; the first is 1.
  public let scales: [Double]

  /// - Throws: `TrainingError.setting` for a text of another form.
  public init(_ text: String) throws(TrainingError) {
    var (flips, scales) = (false, [1.0])
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      if part == "flip" {
        flips = true
      } else if let scale = Double(part), (0.25...4).contains(scale) {
        if !scales.contains(scale) { scales.append(scale) }
      } else {
        throw .setting(
          name: "tta", reason: "is flip, sizes from 0.25 to 4, or both: flip,0.75,1.25; not '\(text)'")
      }
    }
    guard flips || scales.count > 1 else {
      throw .setting(name: "tta", reason: "names no other view than the picture itself; add flip or another size")
    }
    (self.flips, self.scales) = (flips, scales)
  }

  /// How many times the network runs for a picture.
  public var viewCount: Int { scales.count * (flips ? 2 : 1) }

  /// The labels of the picture alone and those of all views together.
  ///
  /// Probabilities are averaged at the size of the plain label map.
  ///
  /// - Parameters:
  ///   - picture: at the network's input size.
  ///   - view: gives the same picture at another size, by the scale of its sides.
  func predict(
    _ picture: EvaluationPicture, with predictor: any ScoringPredictor,
    view: (_ scale: Double) throws(TrainingError) -> EvaluationPicture
  ) throws(TrainingError) -> (plain: LabelMap, averaged: LabelMap) {
    let first = try predictor.logits(picture)
    var sum = first.softmax()
    if flips { sum += try predictor.logits(picture.mirrored()).softmax().mirrored() }
    for scale in scales.dropFirst() {
      let view = try view(scale)
      sum += try predictor.logits(view).softmax().resized(width: sum.width, height: sum.height)
      guard flips else { continue }
      let mirrored = try predictor.logits(view.mirrored()).softmax().mirrored()
      sum += mirrored.resized(width: sum.width, height: sum.height)
    }
    return (first.labels(), sum.labels())
  }
}

extension TestTimeAveraging: CustomStringConvertible {
  public var description: String {
    let sizes = scales.map { $0 == $0.rounded() ? "\(Int($0))" : "\($0)" }
    return ((flips ? ["flip"] : []) + sizes).joined(separator: ",")
  }
}
