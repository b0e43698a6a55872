// Clocks that start again in the middle of a source.

/// Keeps time going forward when a source's clock jumps back, as in transport streams that were joined or wrapped.
///
/// A stream whose decoding time falls back by more than 0.3 s has entered a new epoch. The first stream to enter epoch n
/// sets the offset that makes time go on from where that stream was; the others get the same offset when they enter it, so
/// sound and picture stay in sync. Jumps forward are kept: a gap is a gap.
struct Discontinuities {
  /// Seconds back that make a new epoch; less is jitter.
  static let threshold = 0.3

  private struct Clock {
    var epoch = 0
    /// Time and length of the last packet as the source wrote it.
    var last: Double?
    var step = 0.0
  }

  private var clocks: [Int: Clock] = [:]
  private var offsets = [0.0]

  /// The seconds to add to a packet of `stream` whose source time is `time`; `isNew` when an epoch begins with it.
  mutating func offset(stream: Int, time: Double?, duration: Double) -> (seconds: Double, isNew: Bool) {
    var clock = clocks[stream] ?? Clock()
    guard let time else { return (offsets[clock.epoch], false) }
    var isNew = false
    if let last = clock.last, time < last - Self.threshold {
      clock.epoch += 1
      if clock.epoch == offsets.count {
        offsets.append(offsets[clock.epoch - 1] + last + clock.step - time)
        isNew = true
      }
    } else if let last = clock.last, time > last {
      clock.step = duration > 0 ? duration : time - last
    }
    clock.last = time
    clocks[stream] = clock
    return (offsets[clock.epoch], isNew)
  }
}
