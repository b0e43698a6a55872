// The options about what computes: model, cores, instruction set.
import ArgumentParser
import Tensors
import UNet

/// `--model --threads --cpu`, shared by the commands that run a network.
struct ComputeArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp("A model file, or the name of a shipped model: road, carla, accurate.", valueName: "model"))
  var model = ModelLibrary.defaultName

  @Option(help: ArgumentHelp("How many cores to load.", discussion: "Default: all that the process may use."))
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "The kernels to use: c, avx2, avxvnni, avx512vnni or neon.",
      discussion: "Default: the fastest that runs here. All of them give the same labels.", valueName: "tier"),
    transform: { try CPUTier(named: $0) })
  var cpu: CPUTier?

  func validate() throws {
    if let threads, !(1...256).contains(threads) { throw ValidationError("--threads is from 1 to 256, not \(threads)") }
  }

  var threadCount: Int { threads ?? Machine.current.cores }

  /// The kernels asked for.
  ///
  /// - Throws: `TensorError.unsupportedTier` when they do not run here; never falls back to others.
  var kernels: Kernels {
    get throws(TensorError) { try cpu.map { tier throws(TensorError) in try Kernels(tier: tier) } ?? .best }
  }
}
