// The network alone, timed: the contract's `bench --network-only`.
import Foundation
import Pipeline
import Tensors
import UNet

/// Times of a network on noise, whole and layer by layer, and the ceiling measured in the same run.
struct NetworkBench: Encodable {
  struct ModelFigures: Encodable {
    var name: String
    /// Height and width.
    var input: [Int]
    var gmacs: Double
    var precision = "int8"
  }

  struct MachineFigures: Encodable {
    var cpu: String
    var tier: String
    var threads: Int
    /// What the tier's dot product reaches on registers alone, on all threads.
    var peakGmacsPerS: Double
    /// What the cores ran at, by a chain of dependent additions.
    var clockGhz: Double
  }

  struct NetworkFigures: Encodable {
    var runs: Int
    var ms: RunTimes
    var gmacsPerS, peakShare: Double
  }

  struct LayerFigures: Encodable {
    var name: String
    var ms, gmacs, peakShare: Double
    /// Of one thread.
    var macsPerCycle: Double
  }

  var model: ModelFigures
  var machine: MachineFigures
  var startMs: StartTimes
  var network: NetworkFigures
  var layers: [LayerFigures]
  /// Most memory that was resident, in 10⁶ bytes.
  var rssMb: Double
  /// Every tier and the float network beside each other, where that was asked for.
  var comparison: NetworkComparison?

  /// - Parameters:
  ///   - size: nil for the size that the model was trained at.
  ///   - seconds: how long to run the whole network.
  ///   - compares: whether to time every tier and the float network as well.
  init(_ compute: ComputeArguments, size: InputSize?, seconds: Double = 2, compares: Bool = false) throws {
    let (kernels, path) = (try compute.kernels, try ModelLibrary.path(of: compute.model))
    let (start, model, network) = try StartTimes.measure(
      path, size: size, tier: kernels.tier, threads: compute.threadCount)
    let before = Ceiling(kernels, threads: network.threadCount)
    let times = Self.times(of: network, seconds: seconds)
    let layerTimes = network.layerTimes(runs: max(5, times.count / 4))
    // The clock may have changed on the way; the higher ceiling makes the shares the lower ones.
    let ceiling = max(before, Ceiling(kernels, threads: network.threadCount))
    let (input, gmacs) = (network.plan.inputSize, Double(network.plan.macs) / 1e9)
    self.model = ModelFigures(name: model.name, input: [input.height, input.width], gmacs: gmacs)
    machine = MachineFigures(
      cpu: Machine.current.cpu, tier: kernels.tier.rawValue, threads: network.threadCount, peakGmacsPerS: ceiling.peak,
      clockGhz: ceiling.clock)
    startMs = start
    self.network = NetworkFigures(times, gmacs: gmacs, peak: ceiling.peak)
    layers = layerTimes.map { LayerFigures($0, ceiling, threads: network.threadCount) }
    rssMb = Double(ResidentMemory.peak) / 1e6
    if compares {
      comparison = try NetworkComparison(Model(contentsOf: path), size: input, threads: compute.threadCount)
    }
  }

  /// Milliseconds of each run, sorted, after some to warm up.
  static func times(of network: Int8Network, seconds: Double) -> [Double] {
    let size = network.plan.inputSize
    let noise = (0..<size.pixels * 4).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 11) }
    var labels = [UInt8](repeating: 0, count: network.plan.labelSize.pixels)
    let width = network.plan.labelSize.width
    let run = { network.run(pixels: noise, stride: size.width * 4, labels: &labels, labelStride: width) }
    for _ in 0..<3 { run() }
    var times: [Double] = []
    let (clock, start) = (ContinuousClock(), ContinuousClock.now)
    while times.count < 5 || clock.now - start < .seconds(seconds) {
      times.append(clock.measure(run).milliseconds)
    }
    return times.sorted()
  }
}

/// What the cores could do at one moment.
private struct Ceiling: Comparable {
  /// GMAC/s of all threads together.
  let peak: Double
  /// GHz of one core.
  let clock: Double

  init(_ kernels: Kernels, threads: Int) {
    let pool = WorkerPool(threads: threads)
    peak = kernels.measurePeak(pool: pool, milliseconds: 50) / 1e9
    clock = CoreClock.measure(pool: pool, milliseconds: 10) / 1e9
  }

  static func < (a: Self, b: Self) -> Bool { a.peak < b.peak }
}

extension NetworkBench.NetworkFigures {
  init(_ times: [Double], gmacs: Double, peak: Double) {
    (runs, ms) = (times.count, RunTimes(times))
    gmacsPerS = gmacs / (ms.p50 / 1e3)
    peakShare = gmacsPerS / peak
  }
}

extension NetworkBench.LayerFigures {
  fileprivate init(_ time: Int8Network.LayerTime, _ ceiling: Ceiling, threads: Int) {
    (name, ms, gmacs) = (time.name, time.milliseconds, Double(time.macs) / 1e9)
    let speed = gmacs / (ms / 1e3)
    peakShare = speed / ceiling.peak
    macsPerCycle = speed / ceiling.clock / Double(threads)
  }
}
