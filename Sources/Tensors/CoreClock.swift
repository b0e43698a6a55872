// The clock that the cores run at while something is measured.
import CKernels
import Synchronization

/// Cycles per second of a core, from a chain of dependent additions, one a cycle.
///
/// The operating system tells a nominal clock, the cycle counters of the CPU are often out of reach in virtual machines, and
/// what a core really runs at changes with load and instructions. So measure it in the same run as the kernels and right
/// behind them.
public enum CoreClock {
  /// - Parameters:
  ///   - pool: its threads all work at the same time, as they would on a layer; nil for the calling thread alone.
  ///   - milliseconds: how long to measure.
  /// - Returns: the most that a thread reached in a tenth of that time: what others take meanwhile is not the clock.
  public static func measure(pool: WorkerPool? = nil, milliseconds: Int = 20) -> Double {
    let slices = 10
    let rounds = chainRounds(nanoseconds: milliseconds * 1_000_000 / slices)
    let best = Atomic<Int>(0)
    for _ in 0..<slices {
      guard let pool else {
        best.max(hertz(rounds), ordering: .relaxed)
        continue
      }
      pool.run(rows: 0..<pool.threadCount) { _, _ in best.max(hertz(rounds), ordering: .relaxed) }
    }
    return Double(best.load(ordering: .relaxed))
  }

  /// Rounds that take about so long.
  private static func chainRounds(nanoseconds: Int) -> Int64 {
    let cyclesPerRound = Int(ck_dependent_adds(1))
    return Int64(max(1, nanoseconds * 3 / cyclesPerRound))  // 3 GHz
  }

  private static func hertz(_ rounds: Int64) -> Int {
    var adds: Int64 = 0
    let time = ContinuousClock().measure { adds = ck_dependent_adds(rounds) }
    return Int(Double(adds) / max(time / .seconds(1), 1e-9))
  }
}
