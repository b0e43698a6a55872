// The time of a stream's outputs.
import Frames

/// Puts the times of a source's connections, and of the pauses between them, on one line.
///
/// Within a connection the source's own distances are kept; a new connection goes on where the wall clock is by then.
struct OutputClock {
  /// Ticks of the outputs, those of transport streams.
  static let timeBase = Rational(1, 90_000)
  /// A source whose time jumps further than this between two frames, in seconds, is placed anew.
  private static let longestStep = 5.0

  /// Seconds that a source may lie behind what was shown before it is placed anew.
  private static let longestSqueeze = 0.1

  /// A picture's duration in the outputs' time, ten seconds at most.
  static func duration(_ ticks: Int64, in timeBase: Rational) -> Int64 {
    let scale = timeBase.isPositive ? timeBase.value / Self.timeBase.value : 0
    return Int64(max(0, min(900_000, (Double(ticks) * scale).rounded())))
  }

  private let start: ContinuousClock.Instant
  /// Seconds from the source's time to the outputs'; nil until the connection's first frame.
  private(set) var offset: Double?
  private var lastSource = 0.0
  private var lastTicks: Int64 = -1

  init(start: ContinuousClock.Instant = .now) { self.start = start }

  /// The source was opened anew: its times mean something else now.
  mutating func reconnect() { offset = nil }

  /// The outputs' time of a source's frame, after that of every frame before it.
  ///
  /// - Parameter seconds: the source's time; nil takes the time of arrival.
  mutating func ticks(at seconds: Double?, arrival: ContinuousClock.Instant) -> Int64 {
    let wall = (arrival - start) / .seconds(1)
    guard let seconds else { return advance(to: wall) }
    // Notices go on while a source's clock stands still; its frames must not be squeezed into the past then.
    let isBehind = offset.map { seconds + $0 < lastTime - Self.longestSqueeze } ?? false
    if offset == nil || isBehind || !(-0.5...Self.longestStep).contains(seconds - lastSource) {
      offset = max(wall, lastTime + 1e-3) - seconds
    }
    lastSource = seconds
    return advance(to: seconds + (offset ?? 0))
  }

  /// The outputs' time of a picture that no source gave.
  mutating func ticks(at moment: ContinuousClock.Instant) -> Int64 { advance(to: (moment - start) / .seconds(1)) }

  /// Seconds of the newest picture, in the outputs' time.
  var lastTime: Double { Double(lastTicks) * Self.timeBase.value }

  private mutating func advance(to seconds: Double) -> Int64 {
    lastTicks = max(lastTicks + 1, Int64((seconds / Self.timeBase.value).rounded()))
    return lastTicks
  }
}
