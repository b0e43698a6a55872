// Many measurements of one thing in four figures.

/// The spread of a measurement in milliseconds.
struct RunTimes: Encodable {
  var min, p50, p95, p99: Double

  /// - Parameter times: milliseconds of each run, in any order; not empty.
  init(_ times: [Double]) {
    precondition(!times.isEmpty, "no runs have no median")
    let sorted = times.sorted()
    let percentile = { (share: Double) in sorted[Swift.min(sorted.count - 1, Int(share * Double(sorted.count)))] }
    (min, p50, p95, p99) = (sorted[0], percentile(0.5), percentile(0.95), percentile(0.99))
  }
}

extension Duration {
  var milliseconds: Double { Double(components.seconds) * 1e3 + Double(components.attoseconds) * 1e-15 }
}
