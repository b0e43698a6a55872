// What a data set holds.
import Synchronization
import UNet

extension Findings {
  /// - Precondition: there is at least one split.
  init(dataSet path: String, splits: [LabelledFolder]) {
    self.init(kind: "data set", path: path)
    add("format", splits[0].format)
    for split in splits { add(split) }
  }

  private mutating func add(_ split: LabelledFolder) {
    let done = Mutex(0)
    let progress = ProgressDisplay(unit: "pictures", quiet: false) {
      ProgressSample(done: done.withLock { $0 }, rate: 0)
    }
    let report = split.report { count in done.withLock { $0 = count } }
    progress.finish()
    let sizes = report.sizes.sorted { $0.value > $1.value }.prefix(4).map { "\($0.key) (\($0.value))" }
    add(split.path, "\(report.pairs) pairs, \(sizes.joined(separator: ", "))")
    details += (details.isEmpty ? [] : [""]) + Self.labelTable(split, report)
    problems += report.problems.map { "\(split.path): \($0)" }
  }

  /// A line for each label that is a class or occurs.
  private static func labelTable(_ split: LabelledFolder, _ report: LabelledFolder.Report) -> [String] {
    var table = Table([("label", .right), (split.path, .left), ("pixels", .right), ("pictures", .right)])
    let total = Double(max(1, report.pixels.reduce(0, +)))
    for label in 0..<256 where label < split.classes.count || report.pixels[label] > 0 {
      let name = label < split.classes.count ? split.classes[label].name : "(ignored)"
      let share = (Double(report.pixels[label]) / total * 100).formatted(decimals: 2)
      table.add("\(label)", name, "\(share) %", "\(report.pictures[label])")
    }
    return table.lines
  }
}
