// Precision and recall of chosen classes, weighed against each other.

/// Which classes are scored by F-beta, and with which beta.
///
/// `NAME[+NAME…]=BETA,…`: classes joined by + count as one. A beta above 1 punishes missed pixels more than wrong ones.
/// The name `lyft-udacity` stands for the score of the Lyft Perception Challenge of 2018: F2 of vehicles and F0.5 of the road
/// with its lane lines, and their mean.
public struct FBetaRequest: Sendable, Hashable {
  /// One score: some classes as one, and its beta.
  public struct Term: Sendable, Hashable {
    public let name: String
    public let classes: [String]
    public let beta: Double
  }

  public let terms: [Term]

  /// The text that stands for the Lyft–Udacity score.
  public static let lyftUdacity = "lyft-udacity"

  /// - Parameter classNames: the network's.
  /// - Throws: `TrainingError.setting` for a text of another form, a class that the network has not, or a beta that is none.
  public init(_ text: String, classNames: [String]) throws(TrainingError) {
    if text == Self.lyftUdacity {
      terms = [
        try Self.term("vehicles", of: ["car", "vehicle", "truck", "bus"], beta: 2, classNames),
        try Self.term("road", of: ["road", "lane line", "lane marking"], beta: 0.5, classNames),
      ]
      return
    }
    var terms: [Term] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      terms.append(try Self.term(String(part), classNames))
    }
    self.terms = terms
  }

  private static func term(_ text: String, _ classNames: [String]) throws(TrainingError) -> Term {
    let sides = text.split(separator: "=", omittingEmptySubsequences: false)
    guard sides.count == 2, let beta = Double(sides[1]), beta > 0, beta.isFinite else {
      throw .setting(name: "f-beta", reason: "is CLASS=BETA,… or \(lyftUdacity), with a beta above 0; not '\(text)'")
    }
    let classes = sides[0].split(separator: "+", omittingEmptySubsequences: false).map(String.init)
    if let unknown = classes.first(where: { !classNames.contains($0) }) {
      throw .setting(
        name: "f-beta", reason: "names the class '\(unknown)'; the model has \(classNames.joined(separator: ", "))")
    }
    return Term(name: String(sides[0]), classes: classes, beta: beta)
  }

  private static func term(
    _ name: String, of candidates: [String], beta: Double, _ classNames: [String]
  ) throws(TrainingError) -> Term {
    let classes = candidates.filter(classNames.contains)
    guard !classes.isEmpty else {
      throw .setting(
        name: "f-beta", reason: "\(lyftUdacity) needs one of the classes \(candidates.joined(separator: ", "))")
    }
    return Term(name: name, classes: classes, beta: beta)
  }
}

extension FBetaRequest.Term {
  /// True positives, and pixels that were wrongly taken for the classes and that were missed.
  func counts(_ matrix: ConfusionMatrix, classNames: [String]) -> (hits: Int, wrong: Int, missed: Int) {
    let group = classes.compactMap { classNames.firstIndex(of: $0) }
    let hits = group.reduce(0) { sum, t in sum + group.reduce(0) { $0 + matrix.counts[t * matrix.classes + $1] } }
    let predicted = group.reduce(0) { $0 + matrix.predicted($1) }
    let actual = group.reduce(0) { $0 + matrix.pixels($1) }
    return (hits, predicted - hits, actual - hits)
  }

  /// (1 + β²) · P · R / (β² · P + R); nil where the classes are neither in the labels nor in the predictions.
  ///
  /// - Source: van Rijsbergen 1979.
  public func score(_ matrix: ConfusionMatrix, classNames: [String]) -> Double? {
    let (hits, wrong, missed) = counts(matrix, classNames: classNames)
    let square = beta * beta
    let whole = (1 + square) * Double(hits) + square * Double(missed) + Double(wrong)
    return whole == 0 ? nil : (1 + square) * Double(hits) / whole
  }
}
