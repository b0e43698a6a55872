// A confusion matrix as a picture.
import Foundation
public import Frames

/// What the pixels of each true class were taken for, in percent of the class.
///
/// ```swift
/// let plot = MatrixPlot(title: "road on camvid:val", names: names, confusion: evaluation.confusion)
/// try ImageFile.replacePNG(at: "confusion.png", with: plot.draw())
/// ```
public struct MatrixPlot: Sendable {
  /// A line above the matrix; empty for none.
  public var title: String
  private let names: [String]
  private let confusion: ConfusionMatrix
  private static let size = 1.5

  /// - Parameter names: of the matrix's classes, in their order.
  public init(title: String, names: [String], confusion: ConfusionMatrix) {
    precondition(names.count == confusion.classes, "\(names.count) names for \(confusion.classes) classes")
    (self.title, self.names, self.confusion) = (title, names, confusion)
  }

  /// The plot as an `rgb24` frame: true classes from top to bottom, predictions from left to right, IoU at the right.
  public func draw() -> Frame {
    let longest = names.map { FigureCanvas.width($0, size: Self.size) }.max() ?? 0
    let side = names.count * cell
    let (left, top) = (longest + 52, longest + 84)
    let canvas = FigureCanvas(width: left + side + 150, height: top + side + 24)
    canvas.text(
      FigureCanvas.fitted(title, width: canvas.frame.width - 32, size: 2), x: canvas.frame.width / 2, y: 18, size: 2,
      alignment: .middle)
    drawNames(canvas, left: left, top: top, side: side)
    for truth in names.indices { drawRow(truth, canvas, left: left, top: top + truth * cell) }
    canvas.outline(x: left, y: top, width: side + 1, height: side + 1, .frameline)
    drawScale(canvas, x: left + side + 92, y: top, height: side)
    return canvas.frame
  }

  /// Pixels of a cell: room for `99.9`, or for `99` where there are many classes.
  private var cell: Int { names.count > 20 ? 28 : 44 }

  private func drawNames(_ canvas: FigureCanvas, left: Int, top: Int, side: Int) {
    for (index, name) in names.enumerated() {
      let middle = index * cell + cell / 2 - 5
      canvas.text(name, x: left - 10, y: top + middle, size: Self.size, alignment: .right)
      canvas.text(name, x: left + middle, y: top - 10, size: Self.size, stands: true)
    }
    canvas.text("predicted", x: left + side / 2, y: 48, size: Self.size, .softInk, alignment: .middle)
    let height = FigureCanvas.width("true class", size: Self.size)
    canvas.text("true class", x: 14, y: top + (side + height) / 2, size: Self.size, .softInk, stands: true)
    canvas.text("IoU", x: left + side + 10, y: top - 20, size: Self.size, .softInk)
  }

  private func drawRow(_ truth: Int, _ canvas: FigureCanvas, left: Int, top: Int) {
    let total = confusion.pixels(truth)
    for prediction in names.indices {
      let count = confusion.counts[truth * names.count + prediction]
      let share = total == 0 ? 0 : Double(count) / Double(total)
      let x = left + prediction * cell
      canvas.fill(x: x, y: top, width: cell, height: cell, total == 0 ? RGB(240, 240, 240) : Self.color(share))
      canvas.text(
        text(share), x: x + cell / 2 + 1, y: top + cell / 2 - 5, size: Self.size, share > 0.5 ? .paper : .ink,
        alignment: .middle)
    }
    let score = total == 0 ? "absent" : confusion.iou(truth).map { String(format: "%.3f", $0) } ?? ""
    canvas.text(
      score, x: left + names.count * cell + 10, y: top + cell / 2 - 5, size: Self.size, total == 0 ? .softInk : .ink)
  }

  /// Percent with as many digits as the cell has room for; nothing for nearly nothing.
  private func text(_ share: Double) -> String {
    let percent = 100 * share
    if names.count > 20 { return percent < 0.5 ? "" : String(format: "%.0f", min(99, percent)) }
    if percent < 0.05 { return "" }
    return percent >= 99.95 ? "100" : String(format: "%.1f", percent)
  }

  private func drawScale(_ canvas: FigureCanvas, x: Int, y: Int, height: Int) {
    for row in 0..<height {
      let share = 1 - Double(row) / Double(max(1, height - 1))
      canvas.fill(x: x, y: y + row, width: 14, height: 1, Self.color(share))
    }
    canvas.outline(x: x, y: y, width: 14, height: height, .frameline)
    let ends = [("100", y), ("50", y + height / 2 - 5), ("0 %", y + height - 11)]
    for (text, place) in ends { canvas.text(text, x: x + 20, y: place, size: Self.size - 0.25, .softInk) }
  }

  /// White to deep blue; small shares already show.
  private static func color(_ share: Double) -> RGB {
    let stops: [(at: Double, red: Double, green: Double, blue: Double)] = [
      (0, 255, 255, 255), (0.05, 222, 235, 247), (0.25, 158, 202, 225), (0.55, 66, 146, 198), (1, 8, 48, 107),
    ]
    let upper = stops.firstIndex { $0.at >= share && $0.at > 0 } ?? stops.count - 1
    let (a, b) = (stops[upper - 1], stops[upper])
    let part = min(1, max(0, (share - a.at) / (b.at - a.at)))
    let mix = { (low: Double, high: Double) in UInt8((low + (high - low) * part).rounded()) }
    return RGB(mix(a.red, b.red), mix(a.green, b.green), mix(a.blue, b.blue))
  }
}
