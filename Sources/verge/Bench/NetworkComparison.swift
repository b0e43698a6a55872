// Every tier on one thread and on all, and float against int8.
import Frames
import Tensors
import Training
import UNet

/// One model in every way that it can run here, measured in turns, so that noise hits all alike.
struct NetworkComparison: Encodable {
  struct Entry: Encodable {
    var precision: String
    /// The tier, or the library and its core type.
    var kernels: String
    var threads: Int
    var runs: Int
    var ms: RunTimes
    var gmacsPerS: Double
    /// Of the tier's own dot product, in the same run; nil for float.
    var peakGmacsPerS: Double?
    var peakShare: Double?
  }

  var entries: [Entry]
  /// Whether all int8 entries gave the same labels.
  var int8LabelsAreEqual: Bool
  /// The share of the sample frame's pixels to which float and int8 give the same label; nil without a float network.
  var floatAgreement: Double?
  /// Why something is missing.
  var notes: [String]

  /// - Parameters:
  ///   - threads: all, beside one.
  ///   - seconds: after so long no new round begins; three rounds are run in any case.
  init(_ model: Model, size: InputSize, threads: Int, seconds: Double = 8) throws {
    let picture = try SamplePicture(size: size)
    var (contestants, notes) = (try Self.integers(model, picture, threads), [String]())
    do throws(TrainingError) {
      contestants += try Self.counts(threads).map { count throws(TrainingError) in
        try Contestant(float: model, threads: count, picture: picture)
      }
    } catch { notes.append("no float network: \(error)") }
    try Self.run(contestants, seconds: seconds)
    let gmacs = Double(model.architecture.macs(size)) / 1e9
    entries = contestants.map { Entry($0, gmacs: gmacs) }
    let integers = contestants.filter { $0.precision == "int8" }
    int8LabelsAreEqual = integers.allSatisfy { $0.labels == integers[0].labels }
    floatAgreement = contestants.first { $0.precision == "float" }.map { float in
      Double(zip(float.labels, integers[0].labels).count(where: ==)) / Double(float.labels.count)
    }
    self.notes = notes
  }

  private static func counts(_ threads: Int) -> [Int] { threads == 1 ? [1] : [1, threads] }

  private static func integers(_ model: Model, _ picture: SamplePicture, _ threads: Int) throws -> [Contestant] {
    let pools = counts(threads).map { WorkerPool(threads: $0) }
    return try CPUTier.supported.flatMap { tier in
      let plan = try Int8Plan(model, inputSize: picture.size, tier: tier)
      return pools.map { Contestant(plan, pool: $0, picture: picture) }
    }
  }

  private static func run(_ contestants: [Contestant], seconds: Double) throws {
    for contestant in contestants { try contestant.warmUp() }
    let (clock, start) = (ContinuousClock(), ContinuousClock.now)
    var rounds = 0
    while rounds < 3 || clock.now - start < .seconds(seconds) {
      for contestant in contestants { try contestant.takeTurn(milliseconds: 25) }
      rounds += 1
    }
  }
}

extension NetworkComparison.Entry {
  fileprivate init(_ contestant: Contestant, gmacs: Double) {
    (precision, kernels, threads) = (contestant.precision, contestant.kernels, contestant.threads)
    (runs, ms) = (contestant.times.count, RunTimes(contestant.times))
    gmacsPerS = gmacs / (ms.p50 / 1e3)
    peakGmacsPerS = contestant.peak.map { $0 / 1e9 }
    peakShare = peakGmacsPerS.map { [gmacsPerS] in gmacsPerS / $0 }
  }
}

extension NetworkComparison {
  /// The lines to print.
  var lines: [String] {
    let slowest = entries.map(\.ms.p50).max() ?? 1
    var table = Table([
      ("network", .left), ("kernels", .left), ("threads", .right), ("p50 ms", .right), ("min", .right),
      ("GMAC/s", .right), ("its peak", .right), ("of it", .right), ("times faster", .right),
    ])
    for entry in entries {
      table.add(
        entry.precision, entry.kernels, "\(entry.threads)", entry.ms.p50.formatted(decimals: 2),
        entry.ms.min.formatted(decimals: 2), entry.gmacsPerS.formatted(decimals: 0),
        entry.peakGmacsPerS?.formatted(decimals: 0) ?? "–", entry.peakShare.map(percentText) ?? "–",
        (slowest / entry.ms.p50).formatted(decimals: 1))
    }
    let tiersAgree = int8LabelsAreEqual ? "all int8 rows give the same labels" : "int8 LABELS DIFFER: a defect"
    let floatAgrees = floatAgreement.map { "float and int8 agree on \(percentText($0)) of the sample frame" }
    let ending = [tiersAgree] + (floatAgrees.map { [$0] } ?? []) + notes
    return table.lines + ["", ending.joined(separator: "; ")]
  }
}
