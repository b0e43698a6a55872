// A few pictures to look at.
public import Frames
import UNet

/// A validation picture, its true labels and the predicted ones.
public struct ValidationSample: Sendable {
  public let name: String
  /// u8 `[height, width, 3]` at the network's input size.
  public let rgb: [UInt8]
  public let width, height: Int
  /// At the labels' own size, in the network's classes.
  public let truth: LabelMap
  /// At the network's output size.
  public let prediction: LabelMap

  /// - Parameter prediction: the labels that a predictor gave for `picture`.
  init(_ picture: EvaluationPicture, prediction: LabelMap) {
    (name, rgb, width, height) = (picture.name, picture.rgb, picture.input.width, picture.input.height)
    let truth = LabelMap(width: picture.width, height: picture.height)
    picture.labels.withUnsafeBufferPointer { truth.labels.update(from: $0.baseAddress!, count: $0.count) }
    self.truth = truth
    self.prediction = prediction
  }

  /// The predictions for `count` pictures spread over the set.
  ///
  /// - Throws: what reading and predicting throw.
  static func take(_ count: Int, of set: EvaluationSet, by predictor: any Predictor) throws(TrainingError) -> [Self] {
    let count = min(count, set.count)
    var samples: [Self] = []
    for i in 0..<count {
      let picture = try set.picture(atOrAfter: (2 * i + 1) * set.count / (2 * count))
      samples.append(ValidationSample(picture, prediction: try predictor.predict(picture)))
    }
    return samples
  }
}
