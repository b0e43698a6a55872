// One panel of a curve plot.
import Foundation
import Frames

/// Draws title, legend, grid, axes and curves.
struct PanelDrawing {
  private typealias Point = (x: Double, y: Double)

  private let panel: CurvePlot.Panel
  private let xTitle: String
  private let canvas: FigureCanvas
  private let colors: [RGB]
  private static let size = 1.5

  init(_ panel: CurvePlot.Panel, xTitle: String, canvas: FigureCanvas) {
    (self.panel, self.xTitle, self.canvas) = (panel, xTitle, canvas)
    colors = panel.series.enumerated().map { $1.color ?? RGB.series[$0 % RGB.series.count] }
  }

  /// Draws into a rectangle of the canvas, in pixels.
  func draw(x: Int, y: Int, width: Int, height: Int) {
    let (left, right, top, bottom) = (x + 64, x + width - 20, y + 54, y + height - 50)
    let points = panel.series.flatMap(\.points).filter { $0.x.isFinite && $0.y.isFinite }
    let xAxis = Axis(
      Self.bounds(points.map(\.x)), start: left, length: right - left, count: 8, isLoose: false, isWhole: true)
    let yAxis = Axis(Self.bounds(points.map(\.y)), start: bottom, length: top - bottom, count: 6)
    canvas.text(panel.title, x: left, y: y + 6, size: 1.75)
    drawLegend(left: left, right: right, y: y + 32)
    drawGrid(xAxis, yAxis, left: left, right: right, top: top, bottom: bottom)
    for (series, color) in zip(panel.series, colors) { drawCurve(series.points, color, xAxis, yAxis) }
    canvas.text(xTitle, x: (left + right) / 2, y: bottom + 32, size: Self.size, .softInk, alignment: .middle)
    if points.isEmpty {
      canvas.text("no values yet", x: (left + right) / 2, y: (top + bottom) / 2, size: 2, .softInk, alignment: .middle)
    }
  }

  private static func bounds(_ values: [Double]) -> ClosedRange<Double> {
    guard let low = values.min(), let high = values.max() else { return 0...1 }
    return low...high
  }

  private func drawGrid(_ xAxis: Axis, _ yAxis: Axis, left: Int, right: Int, top: Int, bottom: Int) {
    for tick in xAxis.ticks {
      let x = Int(xAxis.pixel(tick).rounded())
      canvas.fill(x: x, y: top, width: 1, height: bottom - top, .gridline)
      canvas.text(xAxis.label(tick), x: x, y: bottom + 9, size: Self.size, .softInk, alignment: .middle)
    }
    for tick in yAxis.ticks {
      let y = Int(yAxis.pixel(tick).rounded())
      canvas.fill(x: left, y: y, width: right - left, height: 1, .gridline)
      canvas.text(yAxis.label(tick), x: left - 8, y: y - 5, size: Self.size, .softInk, alignment: .right)
    }
    canvas.fill(x: left, y: top, width: 1, height: bottom - top, .frameline)
    canvas.fill(x: left, y: bottom, width: right - left + 1, height: 1, .frameline)
  }

  /// Colour, name and last value of each curve, in one line as far as they fit.
  private func drawLegend(left: Int, right: Int, y: Int) {
    var x = left
    for (series, color) in zip(panel.series, colors) {
      let last = series.points.last { $0.y.isFinite }.map { " " + Self.number($0.y) } ?? ""
      let text = series.name + last
      let width = 28 + FigureCanvas.width(text, size: Self.size)
      guard x == left || x + width <= right else { return }
      canvas.line((Double(x), Double(y) + 5.5), (Double(x) + 20, Double(y) + 5.5), width: 3, color)
      canvas.text(text, x: x + 28, y: y, size: Self.size)
      x += width + 20
    }
  }

  /// Three significant decimals: `0.671`, `12.3`, `4.1e-05`.
  private static func number(_ value: Double) -> String {
    abs(value) < 0.01 && value != 0
      ? String(format: "%.1e", value) : String(format: abs(value) < 10 ? "%.3f" : "%.1f", value)
  }

  private func drawCurve(_ points: [Point], _ color: RGB, _ xAxis: Axis, _ yAxis: Axis) {
    for run in runs(points) {
      let places = thinned(run.map { (x: xAxis.pixel($0.x), y: yAxis.pixel($0.y)) })
      for (a, b) in zip(places, places.dropFirst()) { canvas.line(a, b, width: 2, color) }
      guard places.count <= 60 else { continue }
      for place in places { canvas.line(place, place, width: 5, color) }
    }
  }

  /// Stretches of finite points.
  private func runs(_ points: [Point]) -> [[Point]] {
    points.split { !$0.x.isFinite || !$0.y.isFinite }.map(Array.init)
  }

  /// The mean of each two columns of pixels, where there are more points than that: noise of steps becomes a trend.
  private func thinned(_ places: [Point]) -> [Point] {
    guard let first = places.first, let last = places.last, Double(places.count) > (last.x - first.x) / 2 else {
      return places
    }
    let groups = Dictionary(grouping: places) { Int($0.x / 2) }
    return groups.keys.sorted().compactMap { key in
      groups[key].map { group in
        (group.reduce(0) { $0 + $1.x } / Double(group.count), group.reduce(0) { $0 + $1.y } / Double(group.count))
      }
    }
  }
}
