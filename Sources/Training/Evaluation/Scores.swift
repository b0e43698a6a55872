// The scores of one way to measure, and how they are gathered picture by picture.
import Frames

/// What a model scored on the pixels that counted.
public struct Scores: Sendable {
  public let confusion: ConfusionMatrix
  /// Mean over classes of the F1 of boundaries; nil when it was not asked for.
  public let boundaryF: Double?
  /// By class; nil for classes without a true boundary, empty when it was not asked for.
  public let boundaryFs: [Double?]
  /// nil when it was not asked for, or no two pictures are consecutive frames.
  public let flicker: Flicker?

  public var meanIoU: Double { confusion.meanIoU }
  public var pixelAccuracy: Double { confusion.pixelAccuracy }
}

/// Gathers the scores of a set of pictures.
struct ScoreCounter {
  private let ignoredRows: Int
  private var confusion: ConfusionMatrix
  private var boundaries: BoundaryScore?
  private var flicker: Flicker?
  private var earlier: (truth: [UInt8], prediction: LabelMap)?

  /// - Parameter ignoredRows: so many rows at the bottom of each picture count nowhere.
  init(classes: Int, options: EvaluationOptions, ignoredRows: Int = 0) {
    self.ignoredRows = ignoredRows
    confusion = ConfusionMatrix(classes: classes)
    boundaries =
      options.withBoundaries ? BoundaryScore(classes: classes, tolerance: EvaluationOptions.boundaryTolerance) : nil
    flicker = options.withFlicker ? Flicker() : nil
  }

  /// - Parameters:
  ///   - picture: its labels count; those beyond the classes do not.
  ///   - prediction: of the same size.
  ///   - isNext: whether the picture is the frame right after the last one.
  /// - Throws: `TrainingError.setting` when no row is left to count.
  mutating func add(_ picture: EvaluationPicture, _ prediction: LabelMap, isNext: Bool) throws(TrainingError) {
    let rows = picture.height - ignoredRows
    guard rows > 0 else {
      throw .setting(name: "ignore-bottom", reason: "leaves nothing of \(picture.name), \(picture.height) rows high")
    }
    var truth = picture.labels
    for i in truth.indices where Int(truth[i]) >= confusion.classes || i >= rows * picture.width {
      truth[i] = ignoreLabel
    }
    truth.withUnsafeBufferPointer { truth in
      confusion.add(truth: truth, prediction: UnsafeBufferPointer(prediction.buffer))
      boundaries?.add(truth: truth, prediction: prediction)
    }
    if isNext, let earlier, (earlier.prediction.width, earlier.prediction.height) == (picture.width, picture.height) {
      flicker?.add(
        truth: truth, prediction: prediction, earlierTruth: earlier.truth, earlier: earlier.prediction, rows: rows)
    }
    if flicker != nil { earlier = (truth, prediction) }
  }

  var scores: Scores {
    Scores(
      confusion: confusion, boundaryF: boundaries?.mean,
      boundaryFs: boundaries.map { scores in (0..<confusion.classes).map(scores.score) } ?? [],
      flicker: flicker.flatMap { $0.pairs == 0 ? nil : $0 })
  }
}
