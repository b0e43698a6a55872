// In which type a network computes, and on which kernels.
public import Settings
import Tensors
import UNet

/// The type of activations and their gradients in training; weights and the optimiser are always f32.
public enum TrainingPrecision: String, SettingsChoice {
  /// bf16 where the CPU multiplies it, else float.
  case auto
  case float
  /// Activations and gradients stored as bf16, products of bf16 summed in f32.
  case bf16

  /// What it comes to on this CPU: `float` or `bf16`.
  ///
  /// - Throws: `TrainingError.setting` for `bf16` on a CPU that cannot multiply it.
  public func resolved() throws(TrainingError) -> TrainingPrecision {
    let hasBF16 = TrainingKernels.best(.bf16).tier != .c
    if self == .bf16 && !hasBF16 {
      throw .setting(name: "precision", reason: "is bf16, which this CPU cannot multiply (no AVX-512 BF16): use float")
    }
    return self == .auto ? (hasBF16 ? .bf16 : .float) : self
  }
}

/// The code that a network runs on.
struct Arithmetic {
  /// The type of activations, convolutions' results and gradients.
  let real: RealType
  /// Kernels for sources of that type, and for the picture, which is always f32; nil for matrix products.
  let kernels: (inner: TrainingKernels, picture: TrainingKernels)?
  let passes: NormPasses

  /// On the kernels of one tier; nil where the CPU does not have them.
  init?(tier: TrainingTier, real: RealType) {
    guard let inner = TrainingKernels(tier: tier, real: real), let picture = TrainingKernels(tier: tier, real: .f32)
    else { return nil }
    self.real = real
    kernels = (inner, picture)
    passes = NormPasses(tier: tier, real: real)
  }

  private init() {
    (real, kernels) = (.f32, nil)
    passes = NormPasses(tier: TrainingKernels.best(.f32).tier, real: .f32)
  }

  /// f32 on matrix products of windows: the plain form, for comparison and where there are no fast kernels.
  static var matrices: Arithmetic { Arithmetic() }

  /// The fastest for a precision and a network on this CPU.
  ///
  /// - Throws: `TrainingError.setting` where the CPU or the network does not have it.
  static func best(_ precision: TrainingPrecision, for architecture: Architecture) throws(TrainingError) -> Arithmetic {
    let isCovered = architecture.up.window == 2
    if precision == .bf16 && !isCovered {
      throw .setting(name: "precision", reason: "is bf16, which needs upsampling windows of 2×2: use float")
    }
    let resolved = try precision.resolved()
    let real: RealType = isCovered && resolved == .bf16 ? .bf16 : .f32
    let tier = TrainingKernels.best(real).tier
    guard tier != .c, let fast = Arithmetic(tier: tier, real: real) else { return .matrices }
    return fast
  }
}
