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
    let perRound = table.pointee.peak(1)
    return Double(perRound) * bestRate(pool: pool, milliseconds: milliseconds) { _ = table.pointee.peak($0) }
  }
}
