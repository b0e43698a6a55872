// One way to measure, as JSON.
import Training

/// Scores of the contract with what belongs to them: which rows and views they are of.
struct EvalScores: Encodable {
  struct Class: Encodable {
    let name: String
    /// null in JSON, as the next two, for a class without labelled pixels, which counts in no mean.
    let iou, precision, recall: Double?
    let boundaryF: Double?
    let pixels: Int
    /// Labelled pixels that were taken for this class.
    let predicted: Int
  }

  struct FBeta: Encodable {
    struct Term: Encodable {
      let name: String
      let classes: [String]
      let beta: Double
      let score: Double?
    }

    let terms: [Term]
    /// Of the terms that have a score; nil without any.
    let mean: Double?
  }

  struct Flicker: Encodable {
    /// Pairs of consecutive frames.
    let pairs: Int
    /// Of the pixels whose true label stays, those whose predicted label changes.
    let share: Double?
    /// Of all pixels those whose predicted label changes.
    let changed: Double?
  }

  let pixelAccuracy, meanIou: Double
  let classes: [Class]
  /// Classes without labelled pixels.
  let absent: [String]
  let boundaryF: Double?
  let fBeta: FBeta?
  let flicker: Flicker?
  /// By true class, then by predicted class.
  let confusion: [[Int]]
  /// Bottom rows left out; nil for none.
  let ignoredRows: Int?
  /// Averaged views; nil for the picture alone.
  let views: String?

  init(
    _ scores: Scores, _ classNames: [String], _ fBeta: FBetaRequest?, ignoredRows: Int? = nil,
    views: TestTimeAveraging? = nil
  ) {
    let matrix = scores.confusion
    let boundaries = scores.boundaryFs.isEmpty ? classNames.map { _ in nil } : scores.boundaryFs
    pixelAccuracy = scores.pixelAccuracy
    meanIou = scores.meanIoU
    classes = classNames.enumerated().map { c, name in
      let isPresent = matrix.pixels(c) > 0
      return Class(
        name: name, iou: isPresent ? matrix.iou(c) : nil, precision: isPresent ? matrix.precision(c) : nil,
        recall: matrix.recall(c), boundaryF: boundaries[c], pixels: matrix.pixels(c), predicted: matrix.predicted(c))
    }
    absent = matrix.absent.map { classNames[$0] }
    boundaryF = scores.boundaryF
    self.fBeta = fBeta.map { FBeta($0, matrix, classNames) }
    flicker = scores.flicker.map { Flicker(pairs: $0.pairs, share: $0.share, changed: $0.changedShare) }
    confusion = (0..<matrix.classes).map { Array(matrix.counts[($0 * matrix.classes)..<(($0 + 1) * matrix.classes)]) }
    (self.ignoredRows, self.views) = (ignoredRows, views?.description)
  }
}

extension EvalScores.FBeta {
  init(_ request: FBetaRequest, _ matrix: ConfusionMatrix, _ classNames: [String]) {
    terms = request.terms.map { term in
      Term(
        name: term.name, classes: term.classes, beta: term.beta, score: term.score(matrix, classNames: classNames))
    }
    let scores = terms.compactMap(\.score)
    mean = scores.isEmpty ? nil : scores.reduce(0, +) / Double(scores.count)
  }
}

extension EvalScores.Class {
  private enum Key: String, CodingKey {
    case name, iou, precision, recall, boundaryF, pixels, predicted
  }

  /// Says null where there is no score, so that every class has the same keys.
  func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: Key.self)
    try object.encode(name, forKey: .name)
    try object.encode(iou, forKey: .iou)
    try object.encode(precision, forKey: .precision)
    try object.encode(recall, forKey: .recall)
    try object.encode(boundaryF, forKey: .boundaryF)
    try object.encode(pixels, forKey: .pixels)
    try object.encode(predicted, forKey: .predicted)
  }
}
