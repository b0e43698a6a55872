// Pictures into label maps.
import Frames

/// Runs the segmenter, on frames that are not too old by then.
final class SegmentStage: Stage {
  private let segmenter: any Segmenter
  private let freshness: Freshness
  private let hasConfidence: Bool
  private var supply = LabelSupply()
  /// Told each frame here when nothing is made of the label maps.
  private let tally: Tally?

  init(_ segmenter: any Segmenter, hasConfidence: Bool, freshness: Freshness, tally: Tally?) {
    (self.segmenter, self.hasConfidence, self.freshness) = (segmenter, hasConfidence, freshness)
    self.tally = tally
  }

  func inTurn<Result>(_ step: () throws -> Result) rethrows -> Result { try segmenter.inTurn(step) }

  func process(_ prepared: PreparedFrame, into outlet: Outlet<SegmentedFrame>) throws {
    guard freshness.admits(prepared.frame) else { return }
    let size = segmenter.labelSize(width: prepared.picture.width, height: prepared.picture.height)
    let labels = supply.make(width: size.width, height: size.height, hasConfidence: hasConfidence)
    try segmenter.segment(prepared.picture, into: labels.map)
    try outlet.emit(SegmentedFrame(frame: prepared.frame, labels: labels))
    tally?.shown(prepared.frame)
  }
}

/// Drops the frames of a live session that have become too old.
struct Freshness: Sendable {
  /// nil admits everything.
  let maxAge: Duration?
  let account: FrameAccount

  /// Whether the frame is worth more work, also by how long frames wait between the decoder and here.
  func admits(_ frame: Frame, _ standing: Monitor<StandingQueue>) -> Bool {
    guard maxAge != nil else { return true }
    let now = ContinuousClock.now
    guard standing.withLock({ $0.admits(waited: now - frame.decoded, now: now) }) else {
      account.leave(.late)
      return false
    }
    return admits(frame)
  }

  /// Whether the frame is worth more work; if not, it is counted as late.
  func admits(_ frame: Frame) -> Bool {
    guard let maxAge, ContinuousClock.now - frame.arrival > maxAge else { return true }
    account.leave(.late)
    return false
  }
}
