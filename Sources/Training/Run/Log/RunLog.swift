// What a run leaves to look at: a table, events, curves and pictures.
import Foundation
public import UNet
import Video

/// A folder with metrics.csv, TensorBoard's events, curves.png and best.png.
///
/// Used from the thread of the run.
public final class RunLog {
  private let folder, title: String
  private let classes: [PixelClass]
  private let every: Int
  private let now: () -> Double
  private let metrics: MetricsFile
  private let events: EventFile
  /// Losses since the last row.
  private var losses: [Double] = []
  private var last: StepReport?

  /// - Parameters:
  ///   - title: above the curves.
  ///   - firstStep: steps that a resumed run has behind it; later rows of the table are dropped. 0 starts anew.
  ///   - every: steps between rows.
  ///   - now: seconds since 1970.
  /// - Throws: `TrainingError.log`.
  public init(
    folder: String, title: String, classes: [PixelClass], firstStep: Int, every: Int = 20,
    now: @escaping () -> Double = RunLog.clock
  ) throws(TrainingError) {
    (self.folder, self.title, self.classes, self.every, self.now) = (folder, title, classes, every, now)
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      if firstStep == 0 { try Self.removeEvents(in: folder) }
    } catch {
      throw .log(path: folder, reason: error.localizedDescription)
    }
    metrics = try MetricsFile(folder + "/metrics.csv", classNames: classes.map(\.name), firstStep: firstStep)
    events = try EventFile(in: folder, time: now())
  }

  /// Seconds since 1970.
  public static func clock() -> Double { Date().timeIntervalSince1970 }

  /// Those of an earlier run, which TensorBoard would mix with the new one.
  private static func removeEvents(in folder: String) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: folder)
    where name.hasPrefix("events.out.tfevents.") && name.hasSuffix(".verge") {
      try FileManager.default.removeItem(atPath: folder + "/" + name)
    }
  }

  /// Takes what happened.
  ///
  /// - Throws: `TrainingError.log`.
  public func record(_ event: TrainingEvent) throws(TrainingError) {
    switch event {
    case .step(let report):
      losses.append(report.loss)
      last = report
      if report.step % every == 0 { try add(row(report)) }
    case .evaluation(let report):
      try add(row(report))
      try draw(report)
    case .measuring, .checkpoint, .skipped: break
    }
  }

  private func row(_ report: StepReport) -> MetricsRow {
    defer { losses = [] }
    return MetricsRow(
      step: report.step, epochs: report.epochs, loss: losses.reduce(0, +) / Double(max(1, losses.count)),
      rate: report.rate, imagesPerSecond: report.imagesPerSecond, seconds: report.seconds)
  }

  private func row(_ report: EvaluationReport) -> MetricsRow {
    var row =
      last.flatMap { losses.isEmpty ? nil : self.row($0) }
      ?? MetricsRow(step: report.step, epochs: last?.epochs ?? Double(report.epoch), seconds: last?.seconds ?? 0)
    row.meanIoU = report.evaluation.meanIoU
    row.pixelAccuracy = report.evaluation.pixelAccuracy
    row.ious = classes.indices.map { report.evaluation.confusion.iou($0) }
    return row
  }

  private func add(_ row: MetricsRow) throws(TrainingError) {
    try metrics.append(row)
    let single = [("loss", row.loss), ("rate", row.rate), ("images_per_s", row.imagesPerSecond)]
    let scores = [("validation/mean_iou", row.meanIoU), ("validation/pixel_accuracy", row.pixelAccuracy)]
    let byClass = zip(classes, row.ious).map { ("iou/" + $0.name, $1) }
    let scalars = (single + scores + byClass).compactMap { tag, value in value.map { (tag: tag, value: $0) } }
    try events.add(scalars, step: row.step, time: now())
  }

  private func draw(_ report: EvaluationReport) throws(TrainingError) {
    do throws(VideoError) {
      try ImageFile.replacePNG(at: folder + "/curves.png", with: RunFigures.curves(metrics.rows, title: title))
      guard report.isBest, !report.samples.isEmpty else { return }
      try ImageFile.replacePNG(
        at: folder + "/best.png", with: RunFigures.panel(report, classes: classes, title: title))
    } catch {
      throw .log(path: folder, reason: "\(error)")
    }
  }
}
