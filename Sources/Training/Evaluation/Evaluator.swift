// Scores of a model on a whole data set.
import Foundation
public import Frames
public import UNet

/// What a model scored.
public struct Evaluation: Sendable {
  public let classNames: [String]
  public let images: Int
  public let confusion: ConfusionMatrix
  /// Mean over classes of the F1 of boundaries; nil when it was not asked for.
  public let boundaryF: Double?
  public let seconds: Double

  public var meanIoU: Double { confusion.meanIoU }
  public var pixelAccuracy: Double { confusion.pixelAccuracy }

  /// For a model's receipt.
  public func score(dataSet: String) -> Receipt.Score {
    Receipt.Score(
      dataSet: dataSet, images: images, meanIoU: meanIoU, pixelAccuracy: pixelAccuracy,
      classes: classNames.enumerated().map { Receipt.ClassScore(name: $1, iou: confusion.iou($0)) })
  }
}

/// Measures predictors at the labels' own resolution.
public enum Evaluator {
  /// Predicts every picture of `set` and compares it with its labels; predictions are enlarged to the labels' size by the
  /// nearest place, as masks are.
  ///
  /// - Parameters:
  ///   - withBoundaries: also computes the boundary F, which takes about as long as the network.
  ///   - progress: called after each picture with the number done; false ends early with what there is.
  /// - Throws: `TrainingError.data` for a picture that cannot be read.
  public static func evaluate(
    _ predictor: any Predictor, on set: EvaluationSet, withBoundaries: Bool = false,
    progress: (Int) -> Bool = { _ in true }
  ) throws(TrainingError) -> Evaluation {
    let start = ContinuousClock.now
    let names = set.architecture.classes.map(\.name)
    var confusion = ConfusionMatrix(classes: names.count)
    var boundaries = BoundaryScore(classes: names.count)
    var images = 0
    for index in 0..<set.count {
      let picture = try set.picture(at: index)
      let prediction = enlarge(try predictor.predict(picture), width: picture.width, height: picture.height)
      picture.labels.withUnsafeBufferPointer { truth in
        confusion.add(truth: truth, prediction: UnsafeBufferPointer(prediction.buffer))
        guard withBoundaries else { return }
        boundaries.add(truth: truth, prediction: prediction)
      }
      images += 1
      guard progress(images) else { break }
    }
    let elapsed = ContinuousClock.now - start
    return Evaluation(
      classNames: names, images: images, confusion: confusion, boundaryF: withBoundaries ? boundaries.mean : nil,
      seconds: Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18)
  }

  /// The label map at another size: each pixel takes the nearest label, centres aligned.
  public static func enlarge(_ map: LabelMap, width: Int, height: Int) -> LabelMap {
    guard map.width != width || map.height != height else { return map }
    let result = LabelMap(width: width, height: height)
    let columns = (0..<width).map { (2 * $0 + 1) * map.width / (2 * width) }
    for y in 0..<height {
      let from = map.labels + (2 * y + 1) * map.height / (2 * height) * map.width
      let to = result.labels + y * width
      for x in 0..<width { to[x] = from[columns[x]] }
    }
    return result
  }
}
