// The ceiling that a kernel's speed is a share of.
import CKernels

extension Kernels {
  /// Multiply-accumulates per second of this tier's dot product instruction on registers alone.
  ///
  /// Measure it in the same run as the kernels: clock and neighbours change it by tens of per cent.
  ///
  /// - Parameters:
  ///   - pool: its threads all measure at the same time; nil for the calling thread alone.
  ///   - milliseconds: how long to measure.
  /// - Returns: the sum over the threads, in the best of ten slices of that time: what others take is not the ceiling.
  public func measurePeak(pool: WorkerPool? = nil, milliseconds: Int = 20) -> Double {
    let clock = ContinuousClock()
    let perRound = table.pointee.peak(1)
    let slices = 10
    // A trial first, so that a slice is one call for each thread.
    let trial: Int64 = 20_000
    let trialTime = clock.measure { _ = table.pointee.peak(trial) }
    let slice = Double(milliseconds) / Double(slices)
    let rounds = max(trial, Int64(Double(trial) * slice / max(trialTime.milliseconds, 1e-3)))
    let threads = pool?.threadCount ?? 1
    var best = Double.infinity
    for _ in 0..<slices {
      let time = clock.measure {
        guard let pool else { return _ = table.pointee.peak(rounds) }
        pool.run(rows: 0..<threads, grain: 1) { range in for _ in range { _ = table.pointee.peak(rounds) } }
      }
      best = min(best, time.milliseconds)
    }
    return Double(Int64(threads) * rounds * perRound) / (best / 1000)
  }
}

extension Duration {
  var milliseconds: Double {
    Double(components.seconds) * 1e3 + Double(components.attoseconds) * 1e-15
  }
}
