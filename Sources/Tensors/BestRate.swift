// The highest rate that something repeated reaches.

/// Rounds per second of `body` in the best of ten slices of time, summed over the threads: what others take meanwhile does
/// not count.
///
/// - Parameters:
///   - pool: its threads all measure at the same time; nil for the calling thread alone.
///   - milliseconds: how long to measure.
///   - body: does as many rounds as it is told, some nanoseconds each; on all threads at once.
func bestRate(pool: WorkerPool?, milliseconds: Int, _ body: (_ rounds: Int64) -> Void) -> Double {
  let clock = ContinuousClock()
  let slices = 10
  // A trial first, so that a slice is one call for each thread.
  let trial: Int64 = 20_000
  let trialTime = clock.measure { body(trial) }
  let slice = Double(milliseconds) / Double(slices)
  let rounds = max(trial, Int64(Double(trial) * slice / max(trialTime.milliseconds, 1e-3)))
  let threads = pool?.threadCount ?? 1
  var best = Double.infinity
  for _ in 0..<slices {
    let time = clock.measure {
      guard let pool else { return body(rounds) }
      pool.run(rows: 0..<threads) { range, _ in for _ in range { body(rounds) } }
    }
    best = min(best, time.milliseconds)
  }
  return Double(Int64(threads) * rounds) / (best / 1000)
}

extension Duration {
  var milliseconds: Double {
    Double(components.seconds) * 1e3 + Double(components.attoseconds) * 1e-15
  }
}
