// verge bench: how fast it is here.
import ArgumentParser
import Settings
import Training
import UNet
import Video

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measures frames per second, latency stage by stage, and the network's share of the CPU's peak.",
    discussion: """
      Examples:
        verge bench                              the shipped sample through the whole pipeline
        verge bench drive.mp4 --threads 1        a video of yours, one core
        verge bench --network-only               the U-Net alone, layer by layer
        verge bench --network-only --compare     every instruction set, one core and all, float against int8
        verge bench --network-only --size 512x256 --cpu avx2 --json
        verge bench --training                   steps of training on noise, part by part
        verge bench --training --widths 32,64,128,256 --size 512x256 --precision float

      Close other programs first: figures taken beside them are theirs as well.
      """)

  @Argument(help: "A video; without one, the shipped sample.")
  var input: String?

  @Flag(help: "Time the network alone, on noise.")
  var networkOnly = false

  @Flag(
    help: ArgumentHelp(
      "With --network-only: also every tier that runs here, on one core and on all, and the float network.",
      discussion: "Takes some ten seconds: plain C needs a third of a second a picture."))
  var compare = false

  @Flag(help: "Time steps of training on noise: forward, loss, backward, optimiser.")
  var training = false

  @OptionGroup(title: "With --training") var trainingOptions: TrainingBenchOptions

  @Option(help: ArgumentHelp("Input size of the network; with a video, its number of pixels.", valueName: "WxH"))
  var size: PictureExtent?

  @OptionGroup var compute: ComputeArguments

  @Option(help: ArgumentHelp("Measure so many frames.", valueName: "n"))
  var limit: Int?

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    if networkOnly && input != nil { throw ValidationError("--network-only runs on noise; leave the input out") }
    if training && (input != nil || networkOnly) {
      throw ValidationError("--training runs on noise, alone; leave the input and --network-only out")
    }
    if compare && !networkOnly { throw ValidationError("--compare goes with --network-only") }
    if let limit, limit < 1 { throw ValidationError("--limit is at least 1, not \(limit)") }
  }

  func run() throws {
    if compare { OpenBLAS.restartWithBestCore() }
    MediaLog.route(to: nil)
    if training { return try benchTraining() }
    try networkOnly ? benchNetwork() : benchPipeline()
  }

  private func benchNetwork() throws {
    let size = size.map { InputSize(height: $0.height, width: $0.width) }
    let bench = try NetworkBench(compute, size: size, compares: compare)
    guard json else { return try bench.lines.forEach { try Console.standard.data($0) } }
    try printJSON(bench)
  }

  private func benchTraining() throws {
    let bench = try trainingOptions.run(size: size, threads: compute.threadCount)
    guard json else { return try bench.lines.forEach { try Console.standard.data($0) } }
    try printJSON(bench)
  }

  private func benchPipeline() throws {
    let bench = try PipelineBench(
      input ?? Sample.find(), compute: compute, budget: size.map { $0.width * $0.height }, limit: limit, quiet: json)
    guard json else { return try bench.lines.forEach { try Console.standard.data($0) } }
    try printJSON(bench.report)
  }
}
