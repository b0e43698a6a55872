// The times of a stream's packets, judged.
import Frames

/// Gathers presentation times and finds what is odd about them.
struct FrameTimes {
  private let timeBase: Rational
  private var ticks: [Int64] = []
  private(set) var untimed = 0
  /// Whether the packets come in another order than they are shown: there are B-frames.
  private(set) var isReordered = false

  init(timeBase: Rational) { self.timeBase = timeBase }

  mutating func add(_ pts: Int64?) {
    guard let pts else { return untimed += 1 }
    if let last = ticks.last, pts < last { isReordered = true }
    ticks.append(pts)
  }

  var count: Int { ticks.count + untimed }

  /// Seconds from frame to frame in the order of showing, sorted.
  private var steps: [Double] {
    let sorted = ticks.sorted()
    return zip(sorted.dropFirst(), sorted).map { Double($0 - $1) * timeBase.value }.sorted()
  }

  /// `30 fps, even` or `25 to 60 fps, variable`.
  var rateText: String? {
    let steps = steps.filter { $0 > 0 }
    guard let shortest = steps.first, let longest = steps.last else { return nil }
    let median = steps[steps.count / 2]
    // Coarse time bases (a tick of 1 ms at 30 fps) round to neighbouring ticks.
    if longest - shortest <= max(2.01 * timeBase.value, 0.05 * median) {
      let mean = steps.reduce(0, +) / Double(steps.count)
      return "\(Self.rate(mean)) fps, even"
    }
    return "\(Self.rate(longest)) to \(Self.rate(shortest)) fps, variable, mostly \(Self.rate(median))"
  }

  var first: Double? { ticks.min().map { Double($0) * timeBase.value } }

  /// One sentence for each kind of trouble.
  var problems: [String] {
    var problems: [String] = []
    if untimed > 0 { problems.append("\(untimed) frames have no time; they are put between their neighbours") }
    let steps = steps
    let repeated = steps.prefix { $0 == 0 }.count
    if repeated > 0 { problems.append("\(repeated) frames repeat the time of another one") }
    if let median = steps.isEmpty ? nil : steps[steps.count / 2], let longest = steps.last, median > 0,
      longest > 10 * median, longest > 1
    {
      problems.append("a gap of \(longest.formatted(decimals: 1)) s without a frame")
    }
    return problems
  }

  private static func rate(_ step: Double) -> String {
    let rate = (1 / step * 100).rounded() / 100
    return rate == rate.rounded() ? rate.formatted(decimals: 0) : rate.formatted(decimals: 2)
  }
}
