// Whether masks belong to the photographs they are named after, and lie in their place on them.
import Frames

/// Judges a split by a sample of its pairs: windows of neighbours in the order of their names.
///
/// Borders between classes mostly lie on edges of the photograph. Where they do so better on the next photograph, or after a
/// move, in nearly every pair, a mistake was made once for the whole set. Single bad masks are not found.
struct AlignmentCheck {
  /// One pair, as far as it matters here.
  struct Sample: Sendable {
    let edges: EdgeMap
    let borders: LabelBorders
    let print: Fingerprint

    /// - Parameters:
    ///   - picture: `rgb24`.
    ///   - labels: of any size; it is laid over the whole picture.
    init(_ picture: Frame, labels: LabelMap) {
      let grid = LumaGrid(picture, width: 320)
      edges = EdgeMap(grid)
      borders = LabelBorders(labels, columns: grid.columns, rows: grid.rows)
      print = Fingerprint(picture)
    }
  }

  /// What holds for the split as a whole.
  struct Verdict: Sendable {
    /// Mean rank of the edges under the borders of labels, 0 to 1; 0.5 by chance.
    var agreement = 0.0
    var samples = 0
    /// The masks of this many frames later fit better.
    var frameShift: (frames: Int, gain: Gains)?
    /// The masks fit better after a move, shifts in cells of a grid so many `columns` wide.
    var move: (move: LabelMove, gain: Gains)?
    var columns = 0
    /// The masks fit other photographs as well as their own.
    var isUnrelated = false
  }

  /// Neighbours that are looked at together: places in the list of pairs.
  static func windows(count: Int) -> [Range<Int>] {
    let (length, most) = (9, 24)
    guard count > length * most else {
      return stride(from: 0, to: count, by: length).map { $0..<min(count, $0 + length) }
    }
    return (0..<most).map { $0 * (count - length) / (most - 1) }.map { $0..<$0 + length }
  }

  private let windows: [[Sample?]]
  private let samples: [Sample]

  /// - Parameter windows: in order; nil for what cannot be read.
  init(_ windows: [[Sample?]]) {
    self.windows = windows
    samples = windows.joined().compactMap { $0 }.filter { $0.borders.places.count >= 24 }
  }

  func verdict() -> Verdict {
    var verdict = Verdict()
    let own = samples.compactMap { $0.edges.agreement(with: $0.borders, after: .none) }
    guard !own.isEmpty else { return verdict }
    (verdict.agreement, verdict.samples) = (own.reduce(0, +) / Double(own.count), own.count)
    verdict.columns = samples.map(\.edges.columns).max() ?? 0
    verdict.frameShift = bestFrameShift()
    if verdict.frameShift == nil { verdict.move = bestMove() }
    if verdict.frameShift == nil, verdict.move == nil { verdict.isUnrelated = isUnrelated() }
    return verdict
  }

  /// The mask of frame t on photograph t + s against photograph t, where both show the same moving scene.
  private func bestFrameShift() -> (frames: Int, gain: Gains)? {
    let gains = [-3, -2, -1, 1, 2, 3].map { shift in (frames: shift, gain: Gains(frameGains(shift))) }
    let best = gains.filter { $0.gain.count >= 6 }.max { $0.gain.mean < $1.gain.mean }
    return best.flatMap { $0.gain.isCertain(atLeast: 0.01) ? $0 : nil }
  }

  private func frameGains(_ shift: Int) -> [Double] {
    windows.flatMap { window in
      window.indices.compactMap { t -> Double? in
        guard window.indices.contains(t + shift), let mask = window[t], let other = window[t + shift],
          (0.3...30).contains(mask.print.difference(from: other.print)),
          let there = other.edges.agreement(with: mask.borders, after: .none),
          let here = mask.edges.agreement(with: mask.borders, after: .none)
        else { return nil }
        return there - here
      }
    }
  }

  private func bestMove() -> (move: LabelMove, gain: Gains)? {
    let few = stride(from: 0, to: samples.count, by: max(1, samples.count / 32)).map { samples[$0] }
    let gains = LabelMove.all.map { move in (move: move, gain: Gains(few.compactMap { Self.gain(of: move, $0) })) }
    let best = gains.filter { 2 * $0.gain.count >= few.count }.max { $0.gain.mean < $1.gain.mean }
    return best.flatMap { best in
      best.move.isMistake && best.gain.count >= 4 && best.gain.isCertain(atLeast: best.move.leastGain) ? best : nil
    }
  }

  private static func gain(of move: LabelMove, _ sample: Sample) -> Double? {
    guard let moved = sample.edges.agreement(with: sample.borders, after: move),
      let placed = sample.edges.agreement(with: sample.borders, after: .none)
    else { return nil }
    return moved - placed
  }

  /// Whether masks fit photographs from elsewhere in the split no worse than their own.
  private func isUnrelated() -> Bool {
    let gains = Gains(
      samples.indices.compactMap { i in
        let other = samples[(i + samples.count / 2) % samples.count]
        guard samples[i].print.difference(from: other.print) > 12,
          let own = samples[i].edges.agreement(with: samples[i].borders, after: .none),
          let foreign = other.edges.agreement(with: samples[i].borders, after: .none)
        else { return nil }
        return own - foreign
      })
    return gains.count >= 8 && gains.mean < 0.02
  }
}

/// What many pairs gain by the same change.
struct Gains: Sendable {
  let count: Int
  let mean: Double
  /// The mean in its standard errors.
  let certainty: Double
  /// Share of the pairs that gain at all.
  let positive: Double

  init(_ values: [Double]) {
    count = values.count
    let sum = values.reduce(0, +)
    let mean = values.isEmpty ? 0 : sum / Double(count)
    self.mean = mean
    let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let error = count > 1 ? (square / Double(count - 1) / Double(count)).squareRoot() : .infinity
    certainty = error > 0 ? mean / error : mean > 0 ? .infinity : 0
    positive = values.isEmpty ? 0 : Double(values.count { $0 > 0 }) / Double(count)
  }

  /// Whether nearly all gain, by `least` in the mean, and not by chance.
  func isCertain(atLeast least: Double) -> Bool { mean >= least && certainty >= 4 && positive >= 0.75 }
}
