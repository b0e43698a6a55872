// Which frames of a video would teach a model most.
import Frames
import Video

/// How unsure a model is about one frame.
struct FrameUncertainty: Hashable {
  let index: Int
  /// Seconds after the first frame.
  let time: Double
  /// Mean of the pixels, see `ScoreMap.meanEntropy`.
  let entropy: Double
  /// Share of pixels whose label is another one in this frame only, and the same before and after it.
  let flicker: Double

  /// Both run from 0, nothing unsure, to 1, everything.
  var score: Double { entropy + flicker }
}

/// Looks at every frame of a video in order.
struct UncertaintyScan {
  private(set) var frames: [FrameUncertainty] = []
  /// The last two label maps, and the newest frame, whose flicker the next one will tell.
  private var maps: [LabelMap] = []
  private var waiting: (index: Int, time: Double, entropy: Double)?

  mutating func add(_ map: LabelMap, entropy: Double, index: Int, time: Double) {
    settle(next: map)
    waiting = (index, time, entropy)
    maps = maps.suffix(1) + [map]
  }

  /// Ends the video.
  mutating func finish() { settle(next: nil) }

  private mutating func settle(next: LabelMap?) {
    guard let frame = waiting else { return }
    waiting = nil
    var flickering = 0
    if let next, maps.count == 2, (maps[0].width, maps[0].height) == (next.width, next.height),
      maps[0].count == maps[1].count
    {
      let (before, now) = (maps[0].labels, maps[1].labels)
      flickering = (0..<next.count).count { before[$0] == next.labels[$0] && now[$0] != before[$0] }
    }
    frames.append(
      FrameUncertainty(
        index: frame.index, time: frame.time, entropy: frame.entropy,
        flicker: Double(flickering) / Double(max(1, maps.last?.count ?? 1))))
  }

  /// The frames to label: the most uncertain one, then the most uncertain one that is not close to it, and so on.
  ///
  /// Two of them lie at least half as far apart as `count` frames spread evenly would, and are never neighbours; a short
  /// video may so give fewer than were asked for.
  /// - Parameter candidates: frames in order of time.
  static func choose(_ count: Int, of candidates: [FrameUncertainty]) -> [FrameUncertainty] {
    let gap = max(2, candidates.count / (2 * count))
    var chosen: [Int] = []
    let ranked = candidates.indices.sorted { (candidates[$1].score, $0) < (candidates[$0].score, $1) }
    for place in ranked where chosen.count < count && chosen.allSatisfy({ abs($0 - place) >= gap }) {
      chosen.append(place)
    }
    return chosen.sorted().map { candidates[$0] }
  }
}
