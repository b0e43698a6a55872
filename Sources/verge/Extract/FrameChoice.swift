// Which frames of a video are wanted.

/// Picks frames one after the other as they come.
enum FrameChoice {
  /// Every n-th frame, the first included.
  case every(Int)
  /// So many frames a second: the first frame at or after each multiple of 1/fps.
  case rate(Double)
  /// The first frame at or after each of these times in seconds, in rising order.
  case times([Double])
  /// The frames of these numbers, in rising order.
  case frames([Int])

  /// Whether nothing can be picked any more.
  var isOver: Bool {
    switch self {
    case .times(let times): times.isEmpty
    case .frames(let frames): frames.isEmpty
    case .every, .rate: false
    }
  }

  /// Decides about frame `index`, `seconds` after the first one.
  mutating func takes(index: Int, seconds: Double, taken: Int) -> Bool {
    // Half a millisecond of grace, since times are rounded to the container's ticks.
    let now = seconds + 0.0005
    switch self {
    case .every(let n): return index % n == 0
    case .rate(let fps): return now >= Double(taken) / fps
    case .times(var times):
      guard let next = times.first, now >= next else { return false }
      times.removeAll { $0 <= now }
      self = .times(times)
      return true
    case .frames(let frames):
      guard let next = frames.first, index >= next else { return false }
      self = .frames(Array(frames.drop { $0 <= index }))
      return index == next
    }
  }
}
