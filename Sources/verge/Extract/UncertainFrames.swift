// The first of two walks through a video: finding the frames worth labelling.
import Foundation
import Frames
import Video

/// Runs a network over a whole source and picks frames.
struct UncertainFrames {
  let network: FrameNetwork
  /// Which frames may be picked.
  let choice: FrameChoice
  let count: Int

  /// - Parameter progress: called with the number of frames seen.
  /// - Throws: `VideoError`, and `ModelError` for frames of an impossible size.
  func find(in source: MediaSource, progress: (Int) -> Void) throws -> [FrameUncertainty] {
    var scan = UncertaintyScan()
    var (choice, candidates, first): (FrameChoice, Set<Int>, Double?) = (choice, [], nil)
    reading: while true {
      switch try source.next() {
      case .frame(let frame):
        let time = (frame.seconds ?? 0) - (first ?? frame.seconds ?? 0)
        first = first ?? frame.seconds
        if choice.takes(index: frame.index, seconds: time, taken: candidates.count) { candidates.insert(frame.index) }
        let (labels, logits) = try network.scores(of: frame)
        scan.add(labels, entropy: logits.meanEntropy(), index: frame.index, time: time)
        progress(frame.index + 1)
      case .end: break reading
      case .packet, .undecodable: continue
      }
    }
    scan.finish()
    return UncertaintyScan.choose(count, of: scan.frames.filter { candidates.contains($0.index) })
  }

  /// A table of frames: number, time and why they were picked.
  static func csv(_ frames: [FrameUncertainty]) -> String {
    let rows = frames.map { frame in
      String(
        format: "%06d,%.3f,%.4f,%.4f,%.4f\n", frame.index, frame.time, frame.score, frame.entropy, frame.flicker)
    }
    return "frame,time,uncertainty,entropy,flicker\n" + rows.joined()
  }
}
