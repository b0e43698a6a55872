// What `verge eval` found, for people.
import Foundation
import Training

extension EvalReport {
  var lines: [String] {
    var lines: [String] = []
    if let pictures {
      let skipped = pictures.skipped > 0 ? ", \(pictures.skipped) left out," : ""
      let seconds = pictures.seconds.formatted(decimals: 1)
      let steadied = isSteadied ? ", labels steadied" : ""
      lines.append("\(pictures.images) images\(skipped) in \(seconds) s, \(precision) weights\(steadied)")
      lines += pictures.columns.table.lines
      lines.append("")
      lines += pictures.classTable.lines
      lines += pictures.notes
    }
    return lines + (video?.lines(isSteadied: isSteadied) ?? [])
  }
}

extension EvalResult {
  /// The ways to measure, each with what it is called.
  fileprivate var columns: ScoreColumns {
    let rest = ignoreBottom?.ignoredRows.map { "without bottom \($0) rows" } ?? ""
    let views = tta?.views.map { "averaged \($0)" } ?? ""
    let all: [(String, EvalScores?)] = [
      ("plain", plain), (rest, ignoreBottom), (views, tta), ("\(views) \(rest)", ttaIgnoreBottom),
    ]
    return ScoreColumns(columns: all.compactMap { name, scores in scores.map { (name, $0) } })
  }

  /// Class by class, of the plain scores.
  fileprivate var classTable: Table {
    var table = Table([
      ("class", .left), ("IoU", .right), ("precision", .right), ("recall", .right), ("boundary F", .right),
      ("pixels", .right),
    ])
    for entry in plain.classes {
      table.add(
        entry.name, scoreText(entry.iou), scoreText(entry.precision), scoreText(entry.recall),
        scoreText(entry.boundaryF), "\(entry.pixels)")
    }
    return table
  }

  fileprivate var notes: [String] {
    guard !plain.absent.isEmpty else { return [] }
    return ["not in the labels, so in no mean: \(plain.absent.joined(separator: ", "))"]
  }
}

extension EvalReport.Video {
  fileprivate func lines(isSteadied: Bool) -> [String] {
    [
      "\(name): \(frames) frames\(isSteadied ? ", labels steadied" : "")",
      "  \(percentText(changed)) of all pixels change their label from frame to frame, what moves included",
      "  \(percentText(returned)) leave it for a single frame and come back: flicker",
    ]
  }
}

/// Scores side by side, a column for each way to measure.
private struct ScoreColumns {
  let columns: [(name: String, scores: EvalScores)]

  var table: Table {
    var table = Table([("", .left)] + columns.map { ($0.name, .right) })
    func add(_ name: String, _ cell: (EvalScores) -> String?) {
      let cells = columns.map { cell($0.scores) }
      if cells.contains(where: { $0 != nil }) { table.add([name] + cells.map { $0 ?? "–" }) }
    }
    add("pixel accuracy") { scoreText($0.pixelAccuracy) }
    add("mean IoU") { scoreText($0.meanIou) }
    add("boundary F within \(EvaluationOptions.boundaryTolerance) pixels") { $0.boundaryF.map(scoreText) }
    let terms = columns.first?.scores.fBeta?.terms ?? []
    for (i, term) in terms.enumerated() {
      add("F\(String(format: "%g", term.beta)) \(term.name)") { $0.fBeta.map { scoreText($0.terms[i].score) } }
    }
    if terms.count > 1 { add("mean of these") { $0.fBeta.map { scoreText($0.mean) } } }
    add("flicker where the truth stays") { $0.flicker.map { percentText($0.share) } }
    return table
  }
}

private func scoreText(_ score: Double?) -> String { score?.formatted(decimals: 4) ?? "absent" }

private func percentText(_ share: Double?) -> String { share.map { "\((100 * $0).formatted(decimals: 2)) %" } ?? "–" }
