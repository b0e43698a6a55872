// verge bench: the contract's figures, field by field, and whether they fit each other.
import Foundation
import Testing

@Suite struct BenchTests {
  @Test func theNetworksFiguresHaveEveryFieldOfTheContract() throws {
    let bench = try NetworkFigures.decode("--size", "128x64", "--threads", "1")
    #expect(bench.model.name == "road")
    #expect(bench.model.input == [64, 128])
    #expect(bench.model.precision == "int8")
    #expect(bench.machine.threads == 1)
    #expect(bench.machine.peakGmacsPerS > 0 && bench.machine.clockGhz > 0)
    #expect(bench.layers.first?.name == "stem" && bench.layers.last?.name == "head")
    #expect(bench.layers.allSatisfy { $0.ms > 0 && $0.peakShare > 0 && $0.macsPerCycle > 0 })
    #expect(bench.rssMb > 1)
    #expect(bench.comparison == nil)
  }

  @Test func theNetworksFiguresFitEachOther() throws {
    let bench = try NetworkFigures.decode("--size", "128x64", "--threads", "2", "--cpu", "c", "--model", "carla")
    let (network, model) = (bench.network, bench.model)
    #expect(bench.machine.tier == "c" && bench.machine.threads == 2)
    #expect(network.ms.isOrdered)
    #expect(network.runs >= 5)
    #expect(isClose(network.gmacsPerS, model.gmacs / network.ms.p50 * 1000))
    #expect(isClose(network.peakShare, network.gmacsPerS / bench.machine.peakGmacsPerS))
    #expect(isClose(bench.layers.reduce(0) { $0 + $1.gmacs }, model.gmacs))
    #expect(bench.startMs.load > 0 && bench.startMs.plan > 0 && bench.startMs.first > 0)
  }

  @Test func theComparisonHasEveryTierAndThreadCountAndTheFloatNetwork() throws {
    let bench = try NetworkFigures.decode("--size", "128x64", "--threads", "2", "--compare")
    let comparison = try #require(bench.comparison)
    let tiers = try Set(Program.supportedTiers())
    for threads in [1, 2] {
      let integers = comparison.entries.filter { $0.precision == "int8" && $0.threads == threads }
      #expect(Set(integers.map(\.kernels)) == tiers)
      #expect(integers.allSatisfy { $0.peakShare != nil })
      #expect(comparison.entries.count { $0.precision == "float" && $0.threads == threads } == 1)
    }
    #expect(comparison.entries.allSatisfy { $0.runs >= 3 && $0.ms.isOrdered })
    #expect(comparison.int8LabelsAreEqual)
    #expect(try #require(comparison.floatAgreement) > 0.9)
  }

  @Test(arguments: ["float", "auto"])
  func theTrainingsFiguresHaveEveryPart(precision: String) throws {
    let bench = try TrainingFigures.decode("--precision", precision)
    #expect(bench.input == [64, 64] && bench.steps == 1 && bench.batch == 1 && bench.threads >= 1)
    #expect(precision == "float" ? bench.precision == "float" : ["float", "bf16"].contains(bench.precision))
    #expect(bench.msPerStep > 0 && bench.networkMb > 0 && bench.gmacsPerS > 0)
    #expect(isClose(bench.imagesPerS, 1000 / bench.msPerStep))
    let layers = ["convolution", "norm", "norm gradient", "weight gradient", "data gradient"]
    #expect(bench.parts.map(\.name) == layers + ["head", "loss", "optimiser"])
    #expect(bench.parts.allSatisfy { $0.ms > 0 })
  }

  @Test func comparingWithoutTheNetworkAloneIsWrongUsage() throws {
    expectFailure(try Program.run("bench", "--compare"), status: 2, saying: "--network-only")
  }

  private func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-6 * max(abs(a), abs(b)) }
}

/// The contract's object of `bench --network-only --json`, with what Verge adds to it.
private struct NetworkFigures: Decodable {
  struct Model: Decodable {
    var name: String
    var input: [Int]
    var gmacs: Double
    var precision: String
  }

  struct Machine: Decodable {
    var cpu, tier: String
    var threads: Int
    var peakGmacsPerS, clockGhz: Double
  }

  struct Times: Decodable {
    var min, p50, p95, p99: Double

    var isOrdered: Bool { 0 < min && min <= p50 && p50 <= p95 && p95 <= p99 }
  }

  struct Network: Decodable {
    var runs: Int
    var ms: Times
    var gmacsPerS, peakShare: Double
  }

  struct Layer: Decodable {
    var name: String
    var ms, gmacs, peakShare, macsPerCycle: Double
  }

  struct Start: Decodable { var load, plan, first: Double }

  struct Comparison: Decodable {
    struct Entry: Decodable {
      var precision, kernels: String
      var threads, runs: Int
      var ms: Times
      var gmacsPerS: Double
      var peakGmacsPerS, peakShare: Double?
    }

    var entries: [Entry]
    var int8LabelsAreEqual: Bool
    var floatAgreement: Double?
    var notes: [String]
  }

  var model: Model
  var machine: Machine
  var startMs: Start
  var network: Network
  var layers: [Layer]
  var rssMb: Double
  var comparison: Comparison?

  /// Runs the bench; standard output holds the object and nothing else.
  static func decode(_ arguments: String...) throws -> NetworkFigures {
    let folder = try Folder()
    let all = ["bench", "--network-only", "--json"] + arguments
    let run = try RunningProgram(Program.url, all, input: nil, folder: folder).wait()
    #expect(run.status == 0, "\(run.talk)")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(NetworkFigures.self, from: run.output)
  }
}

/// The object of `bench --training --json`.
private struct TrainingFigures: Decodable {
  struct Part: Decodable {
    var name: String
    var ms: Double
  }

  var input: [Int]
  var batch, steps, threads: Int
  var precision: String
  var msPerStep, imagesPerS, gmacsPerS, networkMb: Double
  var parts: [Part]

  /// One step of a tiny network.
  static func decode(_ arguments: String...) throws -> TrainingFigures {
    let step = ["bench", "--training", "--json", "--steps", "1", "--batch", "1"]
    let all = step + ["--size", "64x64", "--widths", "8,16"] + arguments
    let run = try RunningProgram(Program.url, all, input: nil, folder: try Folder()).wait()
    #expect(run.status == 0, "\(run.talk)")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(TrainingFigures.self, from: run.output)
  }
}
