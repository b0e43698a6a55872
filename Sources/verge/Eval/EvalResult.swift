// What a model scored on labelled pictures, as JSON.
import Training

/// The plain scores at the top, as the contract has them; other ways to measure under names of their own.
struct EvalResult: Encodable {
  /// Of one view of each picture, on all its labelled pixels.
  let plain: EvalScores
  let ignoreBottom, tta, ttaIgnoreBottom: EvalScores?
  let images: Int
  /// Pictures that could not be used.
  let skipped: Int
  let seconds: Double

  init(_ evaluation: Evaluation, _ options: EvaluationOptions = .init(), fBeta: FBetaRequest? = nil) {
    func scores(_ scores: Scores, rows: Int? = nil, _ views: TestTimeAveraging? = nil) -> EvalScores {
      EvalScores(scores, evaluation.classNames, fBeta, ignoredRows: rows, views: views)
    }
    plain = scores(evaluation.plain)
    ignoreBottom = evaluation.withoutBottom.map { scores($0, rows: options.ignoredRows) }
    tta = evaluation.averaged.map { scores($0, options.averaging) }
    ttaIgnoreBottom = evaluation.averagedWithoutBottom.map { scores($0, rows: options.ignoredRows, options.averaging) }
    (images, skipped, seconds) = (evaluation.images, evaluation.skipped, evaluation.seconds)
  }

  var meanIou: Double { plain.meanIou }
  var pixelAccuracy: Double { plain.pixelAccuracy }

  private enum Key: String, CodingKey {
    case images, skipped, seconds, boundaryTolerance, ignoreBottom, tta, ttaIgnoreBottom
  }

  func encode(to encoder: any Encoder) throws {
    try plain.encode(to: encoder)
    var object = encoder.container(keyedBy: Key.self)
    try object.encode(images, forKey: .images)
    try object.encode(skipped, forKey: .skipped)
    try object.encode(seconds, forKey: .seconds)
    if plain.boundaryF != nil { try object.encode(EvaluationOptions.boundaryTolerance, forKey: .boundaryTolerance) }
    try object.encodeIfPresent(ignoreBottom, forKey: .ignoreBottom)
    try object.encodeIfPresent(tta, forKey: .tta)
    try object.encodeIfPresent(ttaIgnoreBottom, forKey: .ttaIgnoreBottom)
  }
}

/// What `verge eval` found: scores on pictures, on a video, or both.
struct EvalReport: Encodable {
  let model: String
  let precision: String
  /// Whether scores are of steadied labels.
  let isSteadied: Bool
  let pictures: EvalResult?
  let video: Video?

  struct Video: Encodable {
    let name: String
    let frames: Int
    /// Of all pixels those whose label changes from one frame to the next.
    let changed: Double?
    /// Of all pixels those whose label leaves for a single frame and comes back.
    let returned: Double?
  }

  private enum Key: String, CodingKey {
    case model, precision, steady, video
  }

  func encode(to encoder: any Encoder) throws {
    try pictures?.encode(to: encoder)
    var object = encoder.container(keyedBy: Key.self)
    try object.encode(model, forKey: .model)
    try object.encode(precision, forKey: .precision)
    if isSteadied { try object.encode(true, forKey: .steady) }
    try object.encodeIfPresent(video, forKey: .video)
  }
}
