// Label maps into pictures.
import Frames

/// Paints the classes over the frames that are not too old by then.
final class OverlayStage: Stage {
  private let overlay: Overlay
  private let freshness: Freshness
  private let tally: Tally
  private let hasHUD: Bool
  private var firstTime: Double?

  init(_ overlay: Overlay, hasHUD: Bool, freshness: Freshness, tally: Tally) {
    (self.overlay, self.hasHUD, self.freshness, self.tally) = (overlay, hasHUD, freshness, tally)
  }

  func process(_ segmented: SegmentedFrame, into outlet: Outlet<Frame>) throws {
    let frame = segmented.frame
    guard freshness.admits(frame) else { return }
    let figures = hasHUD ? figures(of: frame) : nil
    try outlet.emit(overlay.paint(frame, labels: segmented.labels.map, figures: figures))
  }

  private func figures(of frame: Frame) -> HUDFigures {
    let time = frame.seconds ?? 0
    let first = firstTime ?? time
    firstTime = first
    return HUDFigures(
      framesPerSecond: tally.recentRate, latency: ContinuousClock.now - frame.arrival, time: time - first)
  }
}
