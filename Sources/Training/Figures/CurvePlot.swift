// Training curves as a picture.
public import Frames

/// Panels side by side, each with named curves over the same kind of x: losses here, scores there.
///
/// ```swift
/// var plot = CurvePlot(title: "road", xTitle: "epoch")
/// plot.panels = [
///   .init(title: "loss", series: [.init("train", [(1, 1.4), (2, 0.9)])]),
///   .init(title: "mIoU", series: [.init("validation", [(1, 0.41), (2, 0.55)])]),
/// ]
/// try ImageFile.replacePNG(at: "curve.png", with: plot.draw())
/// ```
public struct CurvePlot: Sendable {
  /// One curve.
  public struct Series: Sendable {
    public var name: String
    /// In order of x; points that are not finite break the curve.
    public var points: [(x: Double, y: Double)]
    /// nil for the next of the plot's own colours.
    public var color: RGB?

    public init(_ name: String, _ points: [(x: Double, y: Double)], color: RGB? = nil) {
      (self.name, self.points, self.color) = (name, points, color)
    }
  }

  /// Curves that share their axes.
  public struct Panel: Sendable {
    public var title: String
    public var series: [Series]

    public init(title: String, series: [Series]) { (self.title, self.series) = (title, series) }
  }

  /// A line above the panels; empty for none.
  public var title: String
  /// What x counts: `epoch`, `step`.
  public var xTitle: String
  public var panels: [Panel] = []
  /// Pixels of a panel with its axes.
  public var panelWidth = 620
  public var panelHeight = 420

  public init(title: String, xTitle: String) { (self.title, self.xTitle) = (title, xTitle) }

  /// The plot as an `rgb24` frame.
  public func draw() -> Frame {
    let top = title.isEmpty ? 12 : 44
    let canvas = FigureCanvas(width: max(1, panels.count) * panelWidth + 24, height: top + panelHeight + 12)
    canvas.text(
      FigureCanvas.fitted(title, width: canvas.frame.width - 48, size: 2), x: canvas.frame.width / 2, y: 18, size: 2,
      alignment: .middle)
    for (number, panel) in panels.enumerated() {
      PanelDrawing(panel, xTitle: xTitle, canvas: canvas).draw(
        x: 12 + number * panelWidth, y: top, width: panelWidth, height: panelHeight)
    }
    return canvas.frame
  }
}
