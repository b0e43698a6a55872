// The network alone, timed: the contract's `bench --network-only`.
import Foundation
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
  }

  struct NetworkFigures: Encodable {
    struct Milliseconds: Encodable { var min, p50, p95, p99: Double }

    var runs: Int
    var ms: Milliseconds
    var gmacsPerS, peakShare: Double
  }

  struct LayerFigures: Encodable {
    var name: String
    var ms, gmacs, peakShare: Double
  }

  var model: ModelFigures
  var machine: MachineFigures
  var network: NetworkFigures
  var layers: [LayerFigures]

  /// - Parameters:
  ///   - size: nil for the size that the model was trained at.
  ///   - seconds: how long to run the whole network.
  init(_ model: Model, size: InputSize?, compute: ComputeArguments, seconds: Double = 2) throws {
    let size = size ?? model.trainingInput
    let kernels = try compute.kernels
    let network = try Int8Network(model, inputSize: size, tier: kernels.tier, threads: compute.threadCount)
    let before = kernels.measurePeak(pool: WorkerPool(threads: compute.threadCount), milliseconds: 50)
    let times = Self.times(of: network, seconds: seconds)
    let layerTimes = network.layerTimes(runs: max(5, times.count / 4))
    let after = kernels.measurePeak(pool: WorkerPool(threads: compute.threadCount), milliseconds: 50)
    // The clock may have changed on the way; the higher ceiling makes the shares the lower ones.
    let peak = max(before, after) / 1e9
    let gmacs = Double(network.plan.macs) / 1e9
    self.model = ModelFigures(name: model.name, input: [size.height, size.width], gmacs: gmacs)
    machine = MachineFigures(
      cpu: Machine.current.cpu, tier: kernels.tier.rawValue, threads: network.threadCount, peakGmacsPerS: peak)
    self.network = Self.figures(times, gmacs: gmacs, peak: peak)
    layers = layerTimes.map { layer in
      let gmacs = Double(layer.macs) / 1e9
      return LayerFigures(
        name: layer.name, ms: layer.milliseconds, gmacs: gmacs, peakShare: gmacs / (layer.milliseconds / 1e3) / peak)
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

  private static func figures(_ times: [Double], gmacs: Double, peak: Double) -> NetworkFigures {
    let percentile = { (share: Double) in times[min(times.count - 1, Int(share * Double(times.count)))] }
    let ms = NetworkFigures.Milliseconds(
      min: times[0], p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99))
    let speed = gmacs / (ms.p50 / 1e3)
    return NetworkFigures(runs: times.count, ms: ms, gmacsPerS: speed, peakShare: speed / peak)
  }
}

extension NetworkBench {
  /// The lines to print.
  var lines: [String] {
    let (ms, percent) = (network.ms, { (share: Double) in "\((share * 100).formatted(decimals: 1)) %" })
    var table = Table([("layer", .left), ("ms", .right), ("GMAC", .right), ("GMAC/s", .right), ("of the peak", .right)])
    for layer in layers {
      table.add(
        layer.name, layer.ms.formatted(decimals: 3), layer.gmacs.formatted(decimals: 3),
        (layer.gmacs / layer.ms * 1e3).formatted(decimals: 0), percent(layer.peakShare))
    }
    return [
      "\(model.name), \(model.precision), \(model.input[1])×\(model.input[0]), \(model.gmacs.formatted(decimals: 2)) GMAC",
      "\(machine.cpu), \(machine.tier), \(machine.threads) threads, peak \(machine.peakGmacsPerS.formatted(decimals: 0)) GMAC/s",
      "",
      "p50 \(ms.p50.formatted(decimals: 2)) ms, min \(ms.min.formatted(decimals: 2)), p95 \(ms.p95.formatted(decimals: 2)), "
        + "p99 \(ms.p99.formatted(decimals: 2)) over \(network.runs) runs: "
        + "\(network.gmacsPerS.formatted(decimals: 0)) GMAC/s, \(percent(network.peakShare)) of the peak",
      "",
    ] + table.lines
  }
}

extension Duration {
  var milliseconds: Double { Double(components.seconds) * 1e3 + Double(components.attoseconds) * 1e-15 }
}
