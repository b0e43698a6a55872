// The network's figures for people.

extension NetworkBench {
  /// The lines to print.
  var lines: [String] {
    [
      "\(model.name), \(model.precision), \(model.input[1])×\(model.input[0]), \(model.gmacs.formatted(decimals: 2)) GMAC",
      "\(machine.cpu), \(machine.tier), \(machine.threads) thread\(machine.threads == 1 ? "" : "s"), "
        + "peak \(machine.peakGmacsPerS.formatted(decimals: 0)) GMAC/s, clock \(machine.clockGhz.formatted(decimals: 2)) GHz",
      "", start, whole, "",
    ] + layerTable.lines + (comparison.map { [""] + $0.lines } ?? [])
  }

  private var start: String {
    "first labels after \(startMs.sum.formatted(decimals: 1)) ms: model read in \(startMs.load.formatted(decimals: 1)), "
      + "planned and packed in \(startMs.plan.formatted(decimals: 1)), "
      + "first run \(startMs.first.formatted(decimals: 1)); \(rssMb.formatted(decimals: 0)) MB resident"
  }

  private var whole: String {
    let ms = network.ms
    return "p50 \(ms.p50.formatted(decimals: 2)) ms, min \(ms.min.formatted(decimals: 2)), "
      + "p95 \(ms.p95.formatted(decimals: 2)), p99 \(ms.p99.formatted(decimals: 2)) over \(network.runs) runs: "
      + "\(network.gmacsPerS.formatted(decimals: 0)) GMAC/s, \(percentText(network.peakShare)) of the peak"
  }

  private var layerTable: Table {
    var table = Table([
      ("layer", .left), ("ms", .right), ("GMAC", .right), ("GMAC/s", .right), ("MAC/cycle", .right),
      ("of the peak", .right),
    ])
    for layer in layers {
      table.add(
        layer.name, layer.ms.formatted(decimals: 3), layer.gmacs.formatted(decimals: 3),
        (layer.gmacs / layer.ms * 1e3).formatted(decimals: 0), layer.macsPerCycle.formatted(decimals: 1),
        percentText(layer.peakShare))
    }
    return table
  }
}

/// `89.3 %`
func percentText(_ share: Double) -> String { "\((share * 100).formatted(decimals: 1)) %" }
