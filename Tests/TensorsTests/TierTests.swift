// Every kernel of every tier that runs here against tier `c`, bit for bit; `checkkernels` runs the same with other seeds.
import CKernels
import KernelChecks
import Tensors
import Testing

@Suite struct TierTests {
  @Test(arguments: CPUTier.supported, KernelCheck.all.map(\.name))
  func tierGivesTheBytesOfC(tier: CPUTier, name: String) throws {
    let shapes = try LayerShape.read(LayerShape.defaultPath)
    let check = try #require(KernelCheck.all.first { $0.name == name })
    let run = try check.run(Kernels(tier: tier), seed: 1, shapes: shapes)
    #expect(run.cases > 0)
    #expect(run.failures == [])
  }
}

@Suite struct TrainingTierTests {
  static let kernels = TrainingTier.allCases.filter { $0 != .c }.flatMap { tier in
    [RealType.f32, .bf16].compactMap { TrainingKernels(tier: tier, real: $0) }
  }

  @Test(arguments: kernels, TrainingCheck.all.map(\.name))
  func tierStaysWithinTheBoundOfC(kernels: TrainingKernels, name: String) throws {
    let check = try #require(TrainingCheck.all.first { $0.name == name })
    let (cases, failures) = check.run(kernels, seed: 1)
    #expect(cases > 0)
    #expect(failures == [])
  }

  @Test(arguments: Set(kernels.map(\.tier)), NormCheck.all.map(\.name))
  func passGivesTheBytesOfC(tier: TrainingTier, name: String) throws {
    let check = try #require(NormCheck.all.first { $0.name == name })
    for real in [RealType.f32, .bf16] {
      let (cases, failures) = check.run(tier, real, seed: 1)
      #expect(cases > 0)
      #expect(failures == [], "\(real)")
    }
  }
}

@Test func theClocksChainIsAsLongAsItsRounds() {
  #expect(ck_dependent_adds(0) == 0)
  #expect(ck_dependent_adds(6) == 6 * ck_dependent_adds(1))
  #expect(CoreClock.measure(milliseconds: 1) > 0)
}
