// A run's curves and pictures.
import Foundation
import Frames
import UNet

enum RunFigures {
  /// Loss on the left, scores on the right, over epochs.
  static func curves(_ rows: [MetricsRow], title: String) -> Frame {
    func points(_ value: (MetricsRow) -> Double?) -> [(x: Double, y: Double)] {
      rows.compactMap { row in value(row).map { (row.epochs, $0) } }
    }
    var plot = CurvePlot(title: title, xTitle: "epoch")
    plot.panels = [
      CurvePlot.Panel(title: "loss", series: [CurvePlot.Series("training", points(\.loss))]),
      CurvePlot.Panel(
        title: "validation",
        series: [
          CurvePlot.Series("mIoU", points(\.meanIoU)), CurvePlot.Series("pixel accuracy", points(\.pixelAccuracy)),
        ]),
    ]
    return plot.draw()
  }

  /// A row a picture: the picture, its true labels, the predicted ones.
  static func panel(_ report: EvaluationReport, classes: [PixelClass], title: String) -> Frame {
    let palette = Palette(classes.map { RGB($0.color) })
    var sheet = ContactSheet(columns: 3)
    sheet.title = String(format: "%@, epoch %d: mIoU %.3f", title, report.epoch, report.evaluation.meanIoU)
    sheet.legend = classes
    for sample in report.samples {
      sheet.add(sample.frame, caption: sample.name)
      sheet.add(sample.truth.colored(palette), caption: "true")
      sheet.add(
        Evaluator.enlarge(sample.prediction, width: sample.truth.width, height: sample.truth.height).colored(palette),
        caption: "predicted")
    }
    return sheet.draw()
  }
}

extension ValidationSample {
  /// The picture as `rgb24`.
  var frame: Frame {
    let frame = Frame(width: width, height: height, format: .rgb24)
    rgb.withUnsafeBufferPointer { samples in
      for y in 0..<height {
        frame.planes[0].row(y).update(from: samples.baseAddress! + 3 * y * width, count: 3 * width)
      }
    }
    return frame
  }
}
