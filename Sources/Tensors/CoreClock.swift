// The clock that the cores run at while something is measured.
import CKernels

/// Cycles per second of the cores, from a chain of dependent additions, one a cycle.
///
/// The operating system tells a nominal clock, the cycle counters of the CPU are often out of reach in virtual machines, and
/// what a core really runs at changes with load, neighbours and instructions. So measure it in the same run as the kernels
/// and right behind them.
public enum CoreClock {
  /// - Parameters:
  ///   - pool: its threads all measure at the same time; nil for the calling thread alone.
  ///   - milliseconds: how long to measure.
  /// - Returns: cycles per second, summed over the threads; the best of ten slices of that time.
  public static func measure(pool: WorkerPool? = nil, milliseconds: Int = 20) -> Double {
    let perRound = ck_dependent_adds(1)
    return Double(perRound) * bestRate(pool: pool, milliseconds: milliseconds) { _ = ck_dependent_adds($0) }
  }
}
