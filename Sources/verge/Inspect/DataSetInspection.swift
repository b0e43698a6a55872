// What a data set holds and what is wrong with it, on the terminal and as JSON.
import Frames
import Synchronization
import Training
import UNet

/// The inspection of a data set, for people and for programs.
struct DataSetInspection {
  let path: String
  private let splits: [DataSetLint.SplitReport]
  private let findings: [LintFinding]

  /// Reads everything, with a progress bar.
  init(_ path: String, splits: [LintSplit]) {
    self.path = path
    let lint = DataSetLint(splits, threads: Machine.current.cores)
    let done = Mutex(0)
    let began = ContinuousClock.now
    let progress = ProgressDisplay(unit: "pairs", quiet: false) {
      let count = done.withLock { $0 }
      let seconds = (ContinuousClock.now - began) / .seconds(1)
      return ProgressSample(done: count, total: lint.work, rate: Double(count) / max(seconds, 1e-3))
    }
    let report = lint.report { count in done.withLock { $0 = count } }
    progress.finish()
    (self.splits, findings) = (report.splits, report.findings)
  }

  /// Whether training would stop, or be in vain.
  var hasErrors: Bool { findings.contains { $0.severity == .error } }

  /// The lines to print.
  var lines: [String] {
    var lines = ["\(path): data set, \(splits[0].split.format)"] + splits.map(Self.line) + [""]
    // Numbers of many splits side by side would not fit a terminal.
    for start in stride(from: 0, to: splits.count, by: 3) {
      lines += Self.classTable(Array(splits[start..<min(splits.count, start + 3)])) + [""]
    }
    if !findings.contains(where: { $0.severity != .note }) { lines.append("nothing wrong found") }
    for severity in LintFinding.Severity.allCases {
      let found = findings.filter { $0.severity == severity }
      guard !found.isEmpty else { continue }
      lines += ["\(severity.rawValue)\(found.count == 1 ? "" : "s"):"] + found.map { "  - \(Self.text($0))" }
    }
    return lines
  }

  /// `  val: 101 pairs, 480×360, 3.1 % ignored, borders on edges 0.78`.
  private static func line(_ report: DataSetLint.SplitReport) -> String {
    let sizes = report.sizes.prefix(3).map { report.sizes.count == 1 ? $0.size : "\($0.size) (\($0.count))" }
    let more = report.sizes.count > 3 ? ["and \(report.sizes.count - 3) more sizes"] : []
    var parts = ["\(report.pairs) pairs"] + sizes + more
    parts.append("\((100 * report.ignoredShare).formatted(decimals: 1)) % ignored")
    if let agreement = report.edgeAgreement {
      parts.append("borders of labels on edges \(agreement.formatted(decimals: 2)) (0.50 by chance)")
    }
    return "  \(report.split.name.isEmpty ? "" : report.split.name + ": ")\(parts.joined(separator: ", "))"
  }

  /// A line for each class: its share of the labelled pixels, and in how many pictures it is.
  private static func classTable(_ reports: [DataSetLint.SplitReport]) -> [String] {
    var heads: [(head: String, alignment: Table.Alignment)] = [("class", .right), ("name", .left)]
    for report in reports {
      let name = report.split.name.isEmpty ? "pixels" : report.split.name
      heads += [(name, .right), ("pictures", .right)]
    }
    var table = Table(heads)
    for (label, entry) in reports[0].split.classes.enumerated() {
      table.add(["\(label)", entry.name] + reports.flatMap { cells($0, label, of: $0.labelledPixels) })
    }
    table.add(["", "(ignored)"] + reports.flatMap { cells($0, Int(ignoreLabel), of: $0.pixels.reduce(0, +)) })
    return table.lines
  }

  private static func cells(_ report: DataSetLint.SplitReport, _ label: Int, of total: Int) -> [String] {
    let share = 100 * Double(report.pixels[label]) / Double(max(1, total))
    let text = report.pixels[label] == 0 ? "–" : share < 0.01 ? "< 0.01 %" : "\(share.formatted(decimals: 2)) %"
    return [text, "\(report.pictures[label])"]
  }

  private static func text(_ finding: LintFinding) -> String {
    finding.split.map { $0.isEmpty ? "" : $0 + ": " }.map { $0 + finding.text } ?? finding.text
  }
}

extension DataSetLint.SplitReport {
  /// Pixels that are of a class.
  fileprivate var labelledPixels: Int { split.classes.indices.reduce(0) { $0 + pixels[$1] } }
}

extension DataSetInspection: Encodable {
  private enum CodingKeys: String, CodingKey { case kind, path, format, splits, errors, warnings, notes, problems }

  private struct Split: Encodable {
    struct Size: Encodable {
      let size: String
      let pictures: Int
    }

    struct Class: Encodable {
      let label: Int
      let name: String
      let color: ClassColor
      /// Share of the labelled pixels.
      let share: Double
      let pixels, pictures: Int
    }

    let name, data: String
    let pairs: Int
    let sizes: [Size]
    let ignoredShare: Double
    let edgeAgreement: Double?
    let classes: [Class]

    init(_ report: DataSetLint.SplitReport) {
      (name, data, pairs) = (report.split.name, report.split.specification, report.pairs)
      sizes = report.sizes.map { Size(size: $0.size, pictures: $0.count) }
      (ignoredShare, edgeAgreement) = (report.ignoredShare, report.edgeAgreement)
      let total = Double(max(1, report.labelledPixels))
      classes = report.split.classes.enumerated().map { label, entry in
        Class(
          label: label, name: entry.name, color: entry.color, share: Double(report.pixels[label]) / total,
          pixels: report.pixels[label], pictures: report.pictures[label])
      }
    }
  }

  /// `problems` are errors and warnings in words, as for other kinds of files.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode("data set", forKey: .kind)
    try container.encode(path, forKey: .path)
    try container.encode(splits[0].split.format, forKey: .format)
    try container.encode(splits.map(Split.init), forKey: .splits)
    let keys: [(LintFinding.Severity, CodingKeys)] = [(.error, .errors), (.warning, .warnings), (.note, .notes)]
    for (severity, key) in keys { try container.encode(findings.filter { $0.severity == severity }, forKey: key) }
    try container.encode(findings.filter { $0.severity != .note }.map(Self.text), forKey: .problems)
  }
}
