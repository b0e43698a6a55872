// Everything that `verge doctor` finds out.
import Foundation
import Tensors
import UNet

struct Diagnosis: Encodable {
  struct Processor: Encodable {
    var cpu: String
    var cores: Int
    var threads: Int
    var tier: String
    var tiers: [String]
    /// Multiply-accumulates per second of the tier's dot product, in billions, on `threads` cores.
    var peakGmacsPerS: Double
    var memoryMb: Int
    var freeMb: Int
  }

  struct Media: Encodable {
    var ffmpeg: String
    var libraries: [String: String]
    var encoders, decoders: [String]
  }

  struct ShippedModel: Encodable {
    var name: String
    var precision: String
    var input: [Int]
    var gmacs: Double
  }

  var version = Verge.version
  var processor: Processor
  var media: Media
  var models: [ShippedModel] = []
  /// nil when it was not measured.
  var expectation: Expectation?
  /// nil when none was named.
  var configuration: ConfigurationInspection?
  /// One sentence each: what is missing and how to get it.
  var problems: [String] = []

  /// - Parameter quick: leave out what takes seconds.
  init(_ options: ComputeArguments, quick: Bool) throws {
    processor = try Self.processor(options)
    media = Media(
      ffmpeg: MediaLibraries.version, libraries: Dictionary(uniqueKeysWithValues: MediaLibraries.libraries),
      encoders: MediaLibraries.encoders, decoders: MediaLibraries.decoders)
    for name in ModelLibrary.shipped { addModel(name) }
    findProblems()
    if !quick { expect(options) }
  }

  /// Measures the sample clip.
  private mutating func expect(_ options: ComputeArguments) {
    do {
      let sample = try Sample.find()
      let run = { try PipelineBench(sample, compute: options, budget: nil, limit: 150, encodes: $0, quiet: true) }
      let (encoded, bare) = (try run(true), try run(false))
      let network = try Int8Network(
        bare.model, inputSize: bare.networkSize, tier: bare.tier, threads: bare.threads)
      // The shortest: other programs shall not count, since the prediction is for a machine of one's own.
      let time = NetworkBench.times(of: network, seconds: 1)[0]
      expectation = Expectation(encoded: encoded, bare: bare, network: time)
    } catch {
      problems.append("frame rates could not be measured: \(Console.oneLine(error))")
    }
  }

  private static func processor(_ options: ComputeArguments) throws -> Processor {
    let (machine, kernels) = (Machine.current, try options.kernels)
    let peak = kernels.measurePeak(pool: WorkerPool(threads: options.threadCount), milliseconds: 100)
    return Processor(
      cpu: machine.cpu, cores: machine.cores, threads: options.threadCount, tier: kernels.tier.rawValue,
      tiers: CPUTier.supported.map(\.rawValue), peakGmacsPerS: (peak / 1e8).rounded() / 10,
      memoryMb: machine.memory >> 20, freeMb: machine.freeMemory >> 20)
  }

  private mutating func addModel(_ name: String) {
    do {
      let model = try ModelLibrary.load(name)
      let size = model.trainingInput
      models.append(
        ShippedModel(
          name: name, precision: model.quantized == nil ? "float" : "int8", input: [size.height, size.width],
          gmacs: Double(model.architecture.macs(size)) / 1e9))
    } catch {
      problems.append(error.description)
    }
  }

  private mutating func findProblems() {
    if models.isEmpty {
      problems.append("no shipped model was found beside the program; build it again with etc/verge")
    }
    if !media.encoders.contains("libx264") {
      problems.append("FFmpeg has no libx264 here, the default encoder; choose another one with --codec")
    }
    if !media.decoders.contains("h264") {
      problems.append("FFmpeg cannot decode H.264 here, which most cameras record")
    }
    if processor.tier == "c" {
      problems.append("no fast kernels for this CPU: the plain C ones are many times slower (AVX2 or newer is needed)")
    }
    if processor.freeMb < 500 { problems.append("only \(processor.freeMb) MB of memory are free; Verge wants 250 MB") }
  }
}

extension Diagnosis {
  /// The lines to print.
  var lines: [String] {
    let cores = "\(processor.cores) core\(processor.cores == 1 ? "" : "s")"
    var lines = [
      "verge \(version)",
      "processor  \(processor.cpu), \(cores), memory \(processor.memoryMb) MB, \(processor.freeMb) MB free",
      "kernels    \(processor.tier) (runs here: \(processor.tiers.joined(separator: ", "))), "
        + "peak \(processor.peakGmacsPerS.formatted(decimals: 0)) GMAC/s on \(processor.threads)",
      "FFmpeg     \(media.ffmpeg)",
      "decoders   \(media.decoders.joined(separator: " "))",
      "encoders   \(media.encoders.joined(separator: " "))",
    ]
    lines += models.map { model in
      "model      \(model.name): \(model.precision), \(model.gmacs.formatted(decimals: 2)) GMAC at \(model.input[1])×\(model.input[0])"
    }
    return lines + (expectation?.lines ?? []) + (configuration?.lines ?? []) + problemLines
  }

  private var problemLines: [String] {
    problems.isEmpty ? ["", "everything is there"] : [""] + problems.map { "problem: \($0)" }
  }
}
