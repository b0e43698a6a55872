// One line of a run's figures.
import Foundation

/// Where a run stood: after some steps, and after a measurement with its scores.
struct MetricsRow: Equatable {
  var step: Int
  var epochs: Double
  /// Mean since the row before.
  var loss: Double?
  var rate: Double?
  var meanIoU: Double?
  var pixelAccuracy: Double?
  /// By class; nil for a class that is neither in labels nor predictions, empty where nothing was measured.
  var ious: [Double?] = []
  var imagesPerSecond: Double?
  var seconds: Double

  static func head(_ classNames: [String]) -> String {
    let fixed = ["step", "epoch", "loss", "rate", "mean_iou", "pixel_accuracy", "images_per_s", "seconds"]
    return (fixed + classNames.map { quoted("iou " + $0) }).joined(separator: ",")
  }

  func line(classes: Int) -> String {
    let measured = ious + [Double?](repeating: nil, count: max(0, classes - ious.count))
    var fields = ["\(step)", text(epochs, 3), text(loss, 5), rate.map { String(format: "%.4g", $0) } ?? ""]
    fields += [text(meanIoU, 5), text(pixelAccuracy, 5), text(imagesPerSecond, 2), text(seconds, 1)]
    return (fields + measured.map { text($0, 5) }).joined(separator: ",")
  }

  private func text(_ value: Double?, _ decimals: Int) -> String {
    value.map { String(format: "%.\(decimals)f", $0) } ?? ""
  }

  private static func quoted(_ name: String) -> String {
    let isPlain = !name.contains { $0 == "," || $0 == "\"" || $0.isNewline }
    return isPlain ? name : "\"" + name.replacing("\"", with: "\"\"") + "\""
  }
}

extension MetricsRow {
  /// Reads a line back; nil when it is none.
  init?(line: String) {
    let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard fields.count >= 8, let step = Int(fields[0]), let epochs = Double(fields[1]), let seconds = Double(fields[7])
    else { return nil }
    (self.step, self.epochs, self.seconds) = (step, epochs, seconds)
    (loss, rate, meanIoU) = (Double(fields[2]), Double(fields[3]), Double(fields[4]))
    (pixelAccuracy, imagesPerSecond) = (Double(fields[5]), Double(fields[6]))
    ious = meanIoU == nil ? [] : fields[8...].map { Double($0) }
  }
}
