// The training kernels of one tier.
package import CKernels

/// The type of a number in memory.
public enum RealType: Hashable, Sendable {
  case f32
  /// The upper half of an f32, rounded to nearest.
  case bf16

  /// Bytes of a number.
  public var byteCount: Int { self == .f32 ? 4 : 2 }

  var identifier: ck_real { self == .f32 ? CK_REAL_F32 : CK_REAL_BF16 }
}

/// A level of CPU that has its own training kernels.
public enum TrainingTier: String, CaseIterable, Hashable, Sendable {
  /// Plain C: the reference, always there.
  case c
  /// AVX2 with FMA; f32 only.
  case avx2
  /// AVX-512; bf16 where the CPU multiplies it.
  case avx512

  var identifier: ck_train_tier {
    switch self {
    case .c: CK_TRAIN_TIER_C
    case .avx2: CK_TRAIN_TIER_AVX2
    case .avx512: CK_TRAIN_TIER_AVX512
    }
  }
}

/// The convolutions of training of one CPU tier, for sources of one type.
///
/// Tiers agree within a bound that the C header states: sums of floats depend on their order. The order depends on the
/// layer and on the rows of a call alone, so equal calls give equal bytes on any thread. The methods check shapes and
/// allocate nothing; calls that write disjoint rows, blocks or parts may run at the same time.
public struct TrainingKernels: @unchecked Sendable {  // a pointer to a constant table
  public let tier: TrainingTier
  /// The type of the sources, and of the numbers that are multiplied.
  public let real: RealType
  /// The C functions, for checks and measurements.
  package let table: UnsafePointer<ck_train_table>

  /// The kernels of `tier`; nil when this build or this CPU cannot run it with `real`.
  public init?(tier: TrainingTier, real: RealType) {
    guard let table = ck_train_table_for(tier.identifier, real.identifier) else { return nil }
    self.tier = tier
    self.real = real
    self.table = table
  }

  /// The kernels of the fastest tier that multiplies `real` here; tier c where there is no other.
  public static func best(_ real: RealType) -> TrainingKernels {
    for tier in TrainingTier.allCases.reversed() {
      if let kernels = TrainingKernels(tier: tier, real: real) { return kernels }
    }
    preconditionFailure("tier c is always there")
  }

  /// Multiply-accumulates per second of the tier's instruction on registers alone; as `Kernels.measurePeak`.
  public func measurePeak(pool: WorkerPool? = nil, milliseconds: Int = 20) -> Double {
    let perRound = table.pointee.peak(1)
    return Double(perRound) * bestRate(pool: pool, milliseconds: milliseconds) { _ = table.pointee.peak($0) }
  }
}
