// The verdict on a split's masks in words.
import Foundation

extension AlignmentCheck.Verdict {
  func findings(_ tally: SplitTally) -> [LintFinding] {
    let make = { (code: String, text: String) in LintFinding(.warning, code, split: tally.split.name, text) }
    if let frameShift { return [make("other-frame", text(frameShift.frames, frameShift.gain))] }
    if let move { return [make(move.move.code, text(move.move, move.gain))] }
    guard isUnrelated else { return [] }
    return [
      make(
        "unrelated-masks",
        "the borders of the masks lie on edges of other photographs as often as on those of their own "
          + "(\(Self.figure(agreement)), 0.50 by chance): are the pairs mixed up?")
    ]
  }

  private func text(_ frames: Int, _ gain: Gains) -> String {
    let (number, side) = (abs(frames), frames > 0 ? "next" : "previous")
    let which = number == 1 ? "the \(side) photograph" : "the photograph \(number) frames \(frames > 0 ? "on" : "back")"
    return "masks look off by \(LintFinding.count(number, "frame")): they fit \(which) better than their own in "
      + "\(Self.percent(gain.positive)) of \(gain.count) pairs (edges \(Self.figure(agreement + gain.mean)) there, "
      + "\(Self.figure(agreement)) in place)"
  }

  private func text(_ move: LabelMove, _ gain: Gains) -> String {
    "masks look \(move.text(columns: columns)): undone, they fit better in \(Self.percent(gain.positive)) of "
      + "\(gain.count) pairs (edges \(Self.figure(agreement + gain.mean)), \(Self.figure(agreement)) as they are)"
  }

  private static func figure(_ value: Double) -> String { String(format: "%.2f", value) }
  private static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
}

extension LabelMove {
  fileprivate var code: String {
    switch self {
    case .shift: "shifted-masks"
    case .mirror: "mirrored-masks"
    case .upsideDown: "upside-down-masks"
    case .scale: "resized-masks"
    }
  }

  /// The mistake in words; shifts are in cells of a grid `columns` wide.
  fileprivate func text(columns: Int) -> String {
    switch self {
    case .shift(let x, let y):
      // One cell more or less is within what this can tell.
      let parts = [(x, "left", "right"), (y, "up", "down")].compactMap { cells, minus, plus in
        abs(cells) < 2
          ? nil : String(format: "%.1f %% \(cells > 0 ? minus : plus)", 100 * Double(abs(cells)) / Double(columns))
      }
      return "shifted by about \(parts.joined(separator: " and ")), of the photographs' width"
    case .mirror: return "mirrored left to right"
    case .upsideDown: return "turned upside down"
    case .scale(let factor):
      let times = String(format: "%.1f", factor > 1 ? factor : 1 / factor)
      return "about \(times) times too \(factor > 1 ? "small" : "large")"
    }
  }
}
