// Checks every kernel of every tier against tier `c`, bit for bit, and times them.
import ArgumentParser
import Foundation
import KernelChecks
import Tensors

struct CheckKernels: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checkkernels",
    abstract: "Checks every kernel of every CPU tier against tier c, bit for bit.",
    discussion: "Outputs sit between canaries and inputs end at an unreadable page, so a stray access faults.")

  @Option(help: ArgumentHelp("Only the kernels whose names match this pattern, such as 'conv*'.", valueName: "pattern"))
  var function = "*"
  @Option(help: "Only this tier.") var cpu: String?
  @Option(help: "The seed of the data; by default a new one, which is printed.") var seed: UInt64?
  @Flag(help: "Time the layers instead of checking them.") var bench = false
  @Option(help: "Threads to time with.") var threads = 1
  @Option(help: ArgumentHelp("Fail unless this tier runs here.", valueName: "tier")) var require: String?
  @Flag(help: "List kernels and tiers.") var list = false
  @Option(help: ArgumentHelp("The layers to check and to time.", valueName: "file"))
  var shapes = LayerShape.defaultPath

  func run() throws {
    if list { return printList() }
    if let require { _ = try Kernels(tier: CPUTier(named: require)) }
    let tiers = try cpu.map { try Self.tiers(named: $0) } ?? CPUTier.allCases
    let layers = try LayerShape.read(shapes)
    for tier in tiers where !tier.isSupported { print("\(tier): skipped, this CPU or build cannot run it") }
    let kernels = try tiers.filter(\.isSupported).map { try Kernels(tier: $0) }
    if bench {
      benchmark(kernels, layers)
      return benchmarkTraining()
    }
    try check(kernels, layers)
  }

  /// The tier of the int8 kernels with this name, or none where only the training kernels have one.
  private static func tiers(named name: String) throws -> [CPUTier] {
    if CPUTier(rawValue: name) == nil && TrainingTier(rawValue: name) != nil { return [] }
    return [try Kernels(tier: CPUTier(named: name)).tier]
  }

  private func printList() {
    for check in KernelCheck.all { print(check.name) }
    for check in TrainingCheck.all { print(check.name) }
    for check in NormCheck.all { print(check.name) }
    for tier in CPUTier.allCases { print("tier \(tier)\(tier.isSupported ? "" : " (not here)")") }
  }

  private func check(_ tiers: [Kernels], _ layers: [LayerShape]) throws {
    let seed = seed ?? UInt64.random(in: 0..<1_000_000)
    print("seed \(seed)")
    var failed = false
    for kernels in tiers {
      for check in KernelCheck.all where matches(check.name) {
        let run = try check.run(kernels, seed: seed, shapes: layers)
        print("\(kernels.tier) \(check.name): \(run.cases) cases, \(run.failures.isEmpty ? "equal" : "DIFFERENT")")
        for failure in run.failures { print("  \(failure)") }
        failed = failed || !run.failures.isEmpty
      }
    }
    let (layersPass, normsPass) = (checkTraining(seed), checkNorms(seed))
    if failed || !layersPass || !normsPass { throw ExitCode.failure }
  }

  /// The training kernels, whose tiers are their own.
  private func checkTraining(_ seed: UInt64) -> Bool {
    var passed = true
    for tier in TrainingTier.allCases where cpu == nil || cpu == tier.rawValue {
      for real in [RealType.f32, .bf16] {
        guard let kernels = TrainingKernels(tier: tier, real: real) else { continue }
        for check in TrainingCheck.all where matches(check.name) {
          let (cases, failures) = check.run(kernels, seed: seed)
          print("\(tier) \(real) \(check.name): \(cases) cases, \(failures.isEmpty ? "within the bound" : "DIFFERENT")")
          for failure in failures { print("  \(failure)") }
          passed = passed && failures.isEmpty
        }
      }
    }
    return passed
  }

  /// Training's passes over pixels, whose tiers give equal bytes.
  private func checkNorms(_ seed: UInt64) -> Bool {
    var passed = true
    for tier in TrainingTier.allCases where tier != .c && (cpu == nil || cpu == tier.rawValue) {
      guard TrainingKernels(tier: tier, real: .f32) != nil else { continue }
      for check in NormCheck.all where matches(check.name) {
        for real in [RealType.f32, .bf16] {
          let (cases, failures) = check.run(tier, real, seed: seed)
          print("\(tier) \(real) \(check.name): \(cases) cases, \(failures.isEmpty ? "equal" : "DIFFERENT")")
          for failure in failures { print("  \(failure)") }
          passed = passed && failures.isEmpty
        }
      }
    }
    return passed
  }

  private func benchmark(_ tiers: [Kernels], _ layers: [LayerShape]) {
    let pool = threads > 1 ? WorkerPool(threads: threads) : nil
    for kernels in tiers where kernels.tier != .c || cpu != nil {
      print("\(kernels.tier), \(threads) thread\(threads == 1 ? "" : "s"); peak and clock measured between the runs")
      print(Self.row("layer", "MAC/cycle", "GMAC/s", "peak", "share"))
      for layer in layers where matches(layer.kind.rawValue) {
        let speed = LayerBenchmark(layer, kernels, pool: pool).measure()
        let figures = [speed.macs / speed.cycles, speed.macs / 1e9, speed.peak / 1e9, 100 * speed.macs / speed.peak]
        print(Self.row("\(layer)", figures.map { String(format: "%.1f", $0) }))
      }
    }
    print("MAC/cycle: a thread's, by the clock that a chain of dependent additions shows")
  }

  /// The training kernels on the layers of a network, in all directions.
  private func benchmarkTraining() {
    let pool = threads > 1 ? WorkerPool(threads: threads) : nil
    for tier in TrainingTier.allCases where cpu == tier.rawValue || (cpu == nil && tier != .c) {
      for kernels in [RealType.f32, .bf16].compactMap({ TrainingKernels(tier: tier, real: $0) }) {
        print("training, \(tier) \(kernels.real), \(threads) thread\(threads == 1 ? "" : "s")")
        print(Self.row("layer", "", "GMAC/s", "peak", "share"))
        for direction in TrainingBenchmark.Direction.allCases where matches("train_\(direction)") {
          for layer in TrainingBenchmark.all(kernels, pool: pool) {
            let speed = layer.measure(direction)
            let figures = [speed.macs / 1e9, speed.peak / 1e9, 100 * speed.macs / speed.peak]
            print(Self.row("\(direction) \(layer.name)", [""] + figures.map { String(format: "%.1f", $0) }))
          }
        }
      }
    }
  }

  private static func row(_ name: String, _ figures: String...) -> String { row(name, figures) }

  private static func row(_ name: String, _ figures: [String]) -> String {
    let cells = zip(figures, [9, 8, 8, 7]).map { String(repeating: " ", count: max(0, $1 - $0.count)) + $0 }
    return name.padding(toLength: 52, withPad: " ", startingAt: 0) + cells.joined(separator: "  ")
  }

  private func matches(_ name: String) -> Bool { fnmatch(function, name, 0) == 0 }
}

CheckKernels.main()
