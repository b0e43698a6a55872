// What an overlay looks like.
public import Frames

/// The choices for an overlay.
public struct OverlayStyle: Sendable, Hashable {
  /// The classes by index.
  public var names: [String]
  public var palette: Palette
  /// Share of the class colour in a painted pixel, by class index, 0 to 1; a class beyond the list is not painted.
  public var alphas: [Double]
  /// How the borders of classes are drawn where the picture is larger than the label map.
  public enum Edges: String, Sendable, CaseIterable {
    /// Slopes where the nearest labels make stairs.
    case smooth
    /// The nearest label of each pixel, as in masks.
    case nearest
  }

  /// Smooth borders take about a millisecond more for a frame of 1280×720.
  public var edges = Edges.nearest
  /// Lists the painted classes with their colours.
  public var hasLegend = false
  /// Shows frames per second, latency and time.
  public var hasHUD = false
  /// Puts the picture as it was to the left of the painted one.
  public var isSideBySide = false

  public init(names: [String], palette: Palette, alphas: [Double]) {
    (self.names, self.palette, self.alphas) = (names, palette, alphas)
  }

  /// Paints the given classes, or all, with one alpha.
  ///
  /// - Parameter painted: class indices; nil paints all of them.
  public init(names: [String], palette: Palette, alpha: Double = 0.5, painted: Set<Int>? = nil) {
    let alphas = names.indices.map { painted?.contains($0) ?? true ? alpha : 0 }
    self.init(names: names, palette: palette, alphas: alphas)
  }

  /// Indices of the classes that can be seen.
  var paintedClasses: [Int] { names.indices.filter { $0 < alphas.count && alphas[$0] > 0 } }
}

/// What the HUD shows.
public struct HUDFigures: Sendable, Hashable {
  public var framesPerSecond: Double
  public var latency: Duration
  /// Seconds from the start of the video.
  public var time: Double

  public init(framesPerSecond: Double, latency: Duration, time: Double) {
    (self.framesPerSecond, self.latency, self.time) = (framesPerSecond, latency, time)
  }

  /// "31.5 fps   12 ms   01:02.5"
  var line: String {
    let tenths = Int((framesPerSecond * 10).rounded())
    let milliseconds = Int((latency.inSeconds * 1000).rounded())
    let clock = Int((max(0, time) * 10).rounded(.down))
    let (minutes, seconds) = (clock / 600, clock / 10 % 60)
    let two = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
    return "\(tenths / 10).\(tenths % 10) fps   \(milliseconds) ms   \(two(minutes)):\(two(seconds)).\(clock % 10)"
  }
}
