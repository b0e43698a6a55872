// The whole way of a frame, timed: decode, network, overlay, encode.
import Foundation
import Frames
import Pipeline
import Tensors
import UNet
import Video

/// Runs a video through a session whose encoded overlay goes nowhere.
struct PipelineBench {
  let report: SessionReport
  let model: Int8Model
  let tier: CPUTier
  let threads: Int
  let input: String
  /// Size of the video, and of the network's picture.
  let size: (width: Int, height: Int)
  let networkSize: InputSize
  /// Milliseconds of all cores together that a frame cost.
  let coreMilliseconds: Double

  /// The share of the cores that other programs left over in which this one worked; the rest is waiting.
  let atWork: Double

  /// - Parameters:
  ///   - limit: measure so many frames; nil takes all.
  ///   - encodes: whether an overlay is painted and encoded; without it frames end at their labels.
  init(
    _ input: String, compute: ComputeArguments, budget: Int?, limit: Int?, encodes: Bool = true, quiet: Bool
  ) throws {
    let model = try ModelLibrary.loadInt8(compute.model)
    let (kernels, threads) = (try compute.kernels, compute.threadCount)
    var options = SourceOptions()
    options.threads = threads
    let source = try Media.open(input, options)
    let segmenter = try NetworkSegmenter(
      model, size: source.uprightSize, budget: budget, tier: kernels.tier, threads: threads)
    let session = try Session(
      source, segmenter, output: encodes ? Self.nowhere(source, threads) : .none, Self.options(model, limit),
      kernels: kernels)
    let (before, others) = (Self.processorSeconds, SystemLoad.busySeconds)
    let (report, interruption) = try SegmentRun(session: session, quiet: quiet).run()
    if let interruption { throw interruption }
    guard report.frames.shown > 0 else {
      throw CommandError.unusable(what: input, why: "has no frame that can be decoded")
    }
    (self.report, self.model, self.tier, self.threads, self.input) = (report, model, kernels.tier, threads, input)
    (size, networkSize) = ((source.video.width, source.video.height), segmenter.inputSize)
    let own = Self.processorSeconds - before
    coreMilliseconds = own / Double(report.frames.shown) * 1000
    let all = others.flatMap { before in SystemLoad.busySeconds.map { $0 - before } } ?? own
    let free = Double(threads) * report.seconds - max(0, all - own)
    atWork = free > own ? own / free : 1
  }

  /// The encoder works as for a file; what it makes is thrown away.
  private static func nowhere(_ source: any PacketSource, _ threads: Int) -> SessionOutput {
    var sink = SinkOptions(for: source)
    sink.format = "matroska"
    sink.threads = threads
    sink.overwrites = true
    return .video("/dev/null", sink)
  }

  private static func options(_ model: Int8Model, _ limit: Int?) -> SessionOptions {
    let classes = model.architecture.classes
    let palette = Palette(classes.map { RGB($0.color.red, $0.color.green, $0.color.blue) })
    var options = SessionOptions(style: OverlayStyle(names: classes.map(\.name), palette: palette))
    options.limit = limit
    return options
  }

  /// Time that all threads of the process have spent on cores so far.
  private static var processorSeconds: Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    let seconds = { (time: timeval) in Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }
}

extension PipelineBench {
  /// The stage that all others wait for.
  var limitingStage: StageReport? { report.stages.max { $0.busy < $1.busy } }

  /// The stages in the order in which a frame passes them.
  private var inOrder: [StageReport] {
    let order = ["demux", "decode", "resize", "segment", "masks", "overlay", "encode", "mux"]
    return report.stages.sorted { (order.firstIndex(of: $0.name) ?? 0) < (order.firstIndex(of: $1.name) ?? 0) }
  }

  /// The lines to print.
  var lines: [String] {
    let latency = report.latencyMs
    var table = Table([
      ("stage", .left), ("p50 ms", .right), ("p95", .right), ("p99", .right), ("at work", .right),
    ])
    for stage in inOrder {
      table.add(
        stage.name, stage.p50.formatted(decimals: 2), stage.p95.formatted(decimals: 2),
        stage.p99.formatted(decimals: 2),
        "\((stage.busy * 100).formatted(decimals: 0)) %")
    }
    return [
      "\(input), \(size.width)×\(size.height), \(report.frames.in) frames",
      "\(model.name) at \(networkSize), \(tier), \(threads) threads",
      "",
      "\(report.fps.formatted(decimals: 1)) frames/s, \(coreMilliseconds.formatted(decimals: 1)) core-ms a frame, "
        + "first frame after \(report.firstFrameMs.formatted(decimals: 0)) ms, \(report.rssMB.formatted(decimals: 0)) MB",
      "latency p50 \(latency.p50.formatted(decimals: 1)) ms, p95 \(latency.p95.formatted(decimals: 1)), "
        + "p99 \(latency.p99.formatted(decimals: 1)), max \(latency.max.formatted(decimals: 1)) (queues full, as for files)",
      "",
    ] + table.lines
  }
}
