// verge bench --training: what is trained, and how it is told.
public import ArgumentParser
import Pipeline
import Settings
public import Training
import UNet

/// The network and the batch of `bench --training`.
struct TrainingBenchOptions: ParsableArguments {
  @Option(help: "Channels of each level, multiples of 8; 24,48,80,144,256 when left out.")
  var widths: NumberList<Int>?

  @Option(help: "1: full resolution; 2: the first convolution halves it.")
  var stem = 2

  @Option(help: "Pictures a step.")
  var batch = 4

  @Option(help: "auto, float or bf16; auto is bf16 where the CPU multiplies it.")
  var precision = TrainingPrecision.auto

  @Option(help: "Steps to time.")
  var steps = 10

  /// - Parameter size: nil for 480×352.
  /// - Throws: `ModelError.architecture`, `TrainingError.setting`.
  func run(size: PictureExtent?, threads: Int) throws -> TrainingBench {
    let classes = (0..<11).map { PixelClass(name: "class\($0)", color: ClassColor(0, 0, 0)) }
    let size = size ?? PictureExtent(width: 480, height: 352)
    return try TrainingBench(
      Architecture(stem: stem, widths: widths?.numbers ?? [24, 48, 80, 144, 256], classes: classes), batch: batch,
      size: InputSize(height: size.height, width: size.width), precision: precision, threads: threads, steps: steps)
  }
}

extension TrainingPrecision: ExpressibleByArgument {}

extension TrainingBench {
  /// For people.
  var lines: [String] {
    let resident = Double(ResidentMemory.peak) / 1e6
    return [
      "\(input[1])x\(input[0]), batch \(batch), \(precision.rawValue), \(threads) threads",
      "\(imagesPerS.formatted(decimals: 2)) images/s, \(msPerStep.formatted(decimals: 1)) ms a step, "
        + "\(gmacsPerS.formatted(decimals: 0)) GMAC/s; \(networkMb.formatted(decimals: 0)) MB of network, "
        + "\(resident.formatted(decimals: 0)) MB resident",
    ] + parts.map { "  \($0.name): \($0.ms.formatted(decimals: 1)) ms" }
  }
}
