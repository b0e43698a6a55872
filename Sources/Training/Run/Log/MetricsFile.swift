// The figures of a run as a table for spreadsheets and scripts.
import Foundation

/// metrics.csv: a head, then a line for each row, appended as they come.
final class MetricsFile {
  private(set) var rows: [MetricsRow] = []
  private let path: String
  private let classes: Int

  /// - Parameter firstStep: rows of later steps, which a resumed run makes again, are dropped; 0 starts the file anew.
  /// - Throws: `TrainingError.log`.
  init(_ path: String, classNames: [String], firstStep: Int) throws(TrainingError) {
    self.path = path
    classes = classNames.count
    let head = MetricsRow.head(classNames)
    if firstStep > 0, let text = try? String(contentsOfFile: path, encoding: .utf8) {  // none there: a new one
      let lines = text.split(separator: "\n")
      // Rows of other classes mean other columns.
      let known = lines.first == head[...] ? lines.dropFirst().compactMap { MetricsRow(line: String($0)) } : []
      rows = known.filter { $0.step <= firstStep }
    }
    let kept = [head] + rows.map { $0.line(classes: classes) }
    do {
      try Data((kept.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw .log(path: path, reason: error.localizedDescription)
    }
  }

  /// - Throws: `TrainingError.log`.
  func append(_ row: MetricsRow) throws(TrainingError) {
    rows.append(row)
    do throws(SystemFailure) {
      try OutputFile(appendingTo: path).write(Array((row.line(classes: classes) + "\n").utf8))
    } catch {
      throw .log(path: path, reason: error.description)
    }
  }
}
