// Scores of a model on a whole data set.
import Foundation
public import Frames
public import UNet

/// What is measured beside IoU and accuracy, and on which pixels.
public struct EvaluationOptions: Sendable {
  /// How far apart in pixels two boundaries may lie to meet.
  public static let boundaryTolerance = 3

  /// Also the boundary F.
  public var withBoundaries = false
  /// Also the flicker between pictures that are consecutive frames.
  public var withFlicker = false
  /// Scores once more without so many rows at the bottom of each picture; 0 for none.
  public var ignoredRows = 0
  /// Scores once more with averaged views.
  public var averaging: TestTimeAveraging?

  public init() {}
}

/// What a model scored.
public struct Evaluation: Sendable {
  public let classNames: [String]
  public let images: Int
  /// Pictures that could not be used and are in no score.
  public let skipped: Int
  /// Of one view of each picture, on all its labelled pixels.
  public let plain: Scores
  /// Without the bottom rows; nil when none were to be ignored.
  public let withoutBottom: Scores?
  /// Of averaged views, and the same without the bottom rows.
  public let averaged, averagedWithoutBottom: Scores?
  public let seconds: Double

  public var confusion: ConfusionMatrix { plain.confusion }
  public var boundaryF: Double? { plain.boundaryF }
  public var meanIoU: Double { plain.meanIoU }
  public var pixelAccuracy: Double { plain.pixelAccuracy }

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
  /// - Parameter progress: called after each picture with the number done; false ends early with what there is.
  /// - Throws: `TrainingError.data` when too many pictures cannot be used, `.setting` for an option that cannot be met.
  public static func evaluate(
    _ predictor: any Predictor, on set: EvaluationSet, options: EvaluationOptions = .init(),
    progress: (Int) -> Bool = { _ in true }
  ) throws(TrainingError) -> Evaluation {
    let start = ContinuousClock.now
    var counters = Counters(classes: set.architecture.classes.count, options)
    var (images, skipped) = (0, 0)
    // The name of the last picture that could be used.
    var last: String?
    for index in 0..<set.count {
      if let labelled = try set.usable(at: index) {
        let (picture, plain, averaged) = try predict(
          labelled, name: set.name(at: index), of: set, predictor, options.averaging)
        let isNext = last.map { FrameSequence.follows(picture.name, $0) } ?? false
        try counters.add(picture, plain: plain, averaged: averaged, isNext: isNext)
        images += 1
        last = picture.name
      } else {
        skipped += 1
      }
      guard progress(images + skipped) else { break }
    }
    guard skipped < set.count else { throw set.uselessness }
    let elapsed = ContinuousClock.now - start
    return Evaluation(
      classNames: set.architecture.classes.map(\.name), images: images, skipped: skipped,
      plain: counters.plain.scores,
      withoutBottom: counters.withoutBottom?.scores, averaged: counters.averaged?.scores,
      averagedWithoutBottom: counters.averagedWithoutBottom?.scores,
      seconds: Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18)
  }

  /// The same with the boundary F or without it, and nothing else.
  public static func evaluate(
    _ predictor: any Predictor, on set: EvaluationSet, withBoundaries: Bool, progress: (Int) -> Bool = { _ in true }
  ) throws(TrainingError) -> Evaluation {
    var options = EvaluationOptions()
    options.withBoundaries = withBoundaries
    return try evaluate(predictor, on: set, options: options, progress: progress)
  }

  /// A picture of the set at the network's size, and its label maps at its own.
  private static func predict(
    _ labelled: LabelledPicture, name: String, of set: EvaluationSet, _ predictor: any Predictor,
    _ averaging: TestTimeAveraging?
  ) throws(TrainingError) -> (picture: EvaluationPicture, plain: LabelMap, averaged: LabelMap?) {
    let picture = try set.view(of: labelled, name: name)
    guard let averaging else {
      return (picture, enlarge(try predictor.predict(picture), width: picture.width, height: picture.height), nil)
    }
    guard let predictor = predictor as? any ScoringPredictor else {
      throw .setting(name: "tta", reason: "needs a network that gives scores")
    }
    let maps = try averaging.predict(picture, with: predictor) { scale throws(TrainingError) in
      try set.view(of: labelled, name: name, scale: scale)
    }
    return (
      picture, enlarge(maps.plain, width: picture.width, height: picture.height),
      enlarge(maps.averaged, width: picture.width, height: picture.height)
    )
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

/// The counters of all ways to measure.
private struct Counters {
  var plain: ScoreCounter
  var withoutBottom, averaged, averagedWithoutBottom: ScoreCounter?

  init(classes: Int, _ options: EvaluationOptions) {
    let whole = ScoreCounter(classes: classes, options: options)
    let rest =
      options.ignoredRows == 0
      ? nil : ScoreCounter(classes: classes, options: options, ignoredRows: options.ignoredRows)
    (plain, withoutBottom) = (whole, rest)
    (averaged, averagedWithoutBottom) = options.averaging == nil ? (nil, nil) : (whole, rest)
  }

  mutating func add(
    _ picture: EvaluationPicture, plain map: LabelMap, averaged averagedMap: LabelMap?, isNext: Bool
  ) throws(TrainingError) {
    try plain.add(picture, map, isNext: isNext)
    try withoutBottom?.add(picture, map, isNext: isNext)
    guard let averagedMap else { return }
    try averaged?.add(picture, averagedMap, isNext: isNext)
    try averagedWithoutBottom?.add(picture, averagedMap, isNext: isNext)
  }
}
