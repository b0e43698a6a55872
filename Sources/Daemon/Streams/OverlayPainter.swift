// The look of a stream's overlay, which may change while it runs.
import Foundation
import Frames
import Pipeline
import Synchronization
import Tensors
import UNet

/// Paints frames as the settings of the moment say.
///
/// `paint`, `shares` and `record` are called by one session at a time; the others from any thread.
final class OverlayPainter: @unchecked Sendable {  // `overlay`, `steady`, `records` as above; the rest is locked
  let tell: @Sendable (String) -> Void
  private let kernels: Kernels
  /// Frames per second, lately; for the HUD.
  private let rate: @Sendable () -> Double
  private let settings: Mutex<Settings>
  private let notices = Mutex<Notices>(Notices())
  private var overlay: Overlay?
  private var steady: SteadyLabels?
  private var records: (names: [String], line: RecordLine)?
  private var counts = [UInt32](repeating: 0, count: 256)

  struct Settings: Sendable {
    var look: OverlaySettings
    /// Names of the painted classes; empty for all.
    var classes: [String]
  }

  private struct Notices: ~Copyable {
    nonisolated(unsafe) let picture = NoticePicture()
  }

  init(
    _ look: OverlaySettings, classes: [String], kernels: Kernels, rate: @escaping @Sendable () -> Double,
    tell: @escaping @Sendable (String) -> Void
  ) {
    settings = Mutex(Settings(look: look, classes: classes))
    (self.kernels, self.rate, self.tell) = (kernels, rate, tell)
  }

  var current: Settings { settings.withLock { $0 } }

  /// The next frame looks like this.
  func change(_ look: OverlaySettings, classes: [String]) {
    settings.withLock { $0 = Settings(look: look, classes: classes) }
  }

  func paint(_ segmented: SegmentedFrame, _ classes: [PixelClass]) -> Frame {
    let settings = current
    let style = style(settings, classes)
    let overlay = overlay ?? Overlay(style, kernels: kernels)
    overlay.style = style
    self.overlay = overlay
    return overlay.paint(segmented.frame, labels: labels(segmented, settings), figures: figures(segmented, settings))
  }

  /// A frame that is painted for one who asks for it, with nothing kept; from any thread.
  func still(_ segmented: SegmentedFrame, _ classes: [PixelClass]) -> Frame {
    let overlay = Overlay(style(current, classes), kernels: kernels)
    return overlay.paint(segmented.frame, labels: segmented.labels.map)
  }

  /// How much of the picture each class takes.
  func shares(of labels: LabelMap, _ classes: [PixelClass]) -> [ClassShare] {
    for index in counts.indices { counts[index] = 0 }
    kernels.countLabels(labels.labels, count: labels.count, into: &counts)
    let painted = current.classes
    return classes.enumerated().map { index, one in
      ClassShare(
        name: one.name, color: "\(one.color)", share: Double(counts[index]) / Double(labels.count),
        painted: painted.isEmpty || painted.contains(one.name))
    }
  }

  /// The frame's line of JSON.
  func record(of segmented: SegmentedFrame, _ classes: [PixelClass]) -> String {
    let names = classes.map(\.name)
    if records?.names != names { records = (names, RecordLine(classes: names, kernels: kernels)) }
    return records?.line.text(of: segmented.labels.map, segmented.frame) ?? ""
  }

  func notice(_ lines: [String], over last: Frame?) -> Frame {
    notices.withLock { $0.picture.draw(over: last, lines: lines) }
  }

  private func labels(_ segmented: SegmentedFrame, _ settings: Settings) -> LabelMap {
    guard settings.look.steady else {
      steady = nil
      return segmented.labels.map
    }
    let steady = steady ?? SteadyLabels()
    self.steady = steady
    return steady.steady(segmented.labels.map)
  }

  private func figures(_ segmented: SegmentedFrame, _ settings: Settings) -> HUDFigures? {
    guard settings.look.hud else { return nil }
    let frame = segmented.frame
    return HUDFigures(framesPerSecond: rate(), latency: .now - frame.arrival, time: frame.seconds ?? 0)
  }

  private func style(_ settings: Settings, _ classes: [PixelClass]) -> OverlayStyle {
    let names = classes.map(\.name)
    let painted = settings.classes.compactMap { names.firstIndex(of: $0) }
    var style = OverlayStyle(
      names: names, palette: Palette(of: classes),
      alpha: settings.look.alpha, painted: settings.classes.isEmpty ? nil : Set(painted))
    style.edges = OverlayStyle.Edges(rawValue: settings.look.edges) ?? .nearest
    (style.hasLegend, style.hasHUD) = (settings.look.legend, settings.look.hud)
    return style
  }
}
