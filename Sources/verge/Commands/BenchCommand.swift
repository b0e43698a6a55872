// verge bench: how fast it is here.
import ArgumentParser
import UNet

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measures frames per second, latency stage by stage, and the network's share of the CPU's peak.",
    discussion: """
      Examples:
        verge bench                              the shipped sample through the whole pipeline
        verge bench drive.mp4 --threads 1        a video of yours, one core
        verge bench --network-only               the U-Net alone, layer by layer
        verge bench --network-only --size 512x256 --cpu avx2 --json

      Close other programs first: figures taken beside them are theirs as well.
      """)

  @Argument(help: "A video; without one, the shipped sample.")
  var input: String?

  @Flag(help: "Time the network alone, on noise.")
  var networkOnly = false

  @Option(help: ArgumentHelp("Input size of the network.", valueName: "WxH"))
  var size: PictureSize?

  @OptionGroup var compute: ComputeArguments

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    if networkOnly && input != nil { throw ValidationError("--network-only runs on noise; leave the input out") }
  }

  func run() throws {
    let bench = try NetworkBench(
      ModelLibrary.load(compute.model), size: size.map { InputSize(height: $0.height, width: $0.width) },
      compute: compute)
    guard json else { return try bench.lines.forEach { try Console.standard.data($0) } }
    try printJSON(bench)
  }
}
