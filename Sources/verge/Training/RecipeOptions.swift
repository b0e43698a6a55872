// The options that decide how training goes.
import ArgumentParser
import Foundation
import Training
import UNet

/// The recipe of `verge train` on the command line; what is left out is the default of `TrainerConfiguration`.
struct RecipeOptions: ParsableArguments {
  @Option(
    help: "The label set: camvid, carla, or init for the --init model's; that of the first data set when left out.")
  var classes: String?

  @Option(help: "Channels of each level, multiples of 8; the --init model's or 24,48,80,144,256 when left out.")
  var widths: NumberList<Int>?

  @Option(help: "1: full resolution; 2: the first convolution halves it.")
  var stem: Int?

  @Option(help: "Size of the crops, multiples of the network's stride.")
  var size: PictureSize?

  @Option(help: "Length in epochs.") var epochs: Int?
  @Option(help: "Length in steps.") var steps: Int?
  @Option(help: "Length in minutes.") var minutes: Double?
  @Option(help: "Pictures a step.") var batch: Int?
  @Option(help: "The highest learning rate.") var lr: Double?
  @Option(help: "Steps until the learning rate is at its highest.") var warmup: Int?
  @Option(help: "adamw or sgd.", transform: Self.optimizer) var optimizer: OptimizerKind?
  @Option(help: "Weight decay.") var decay: Double?
  @Option(help: "Share of the averaged weights that a step keeps.") var ema: Double?
  @Option(help: "Label smoothing, 0 to 1.") var smoothing: Double?
  @Option(help: "Weights rare classes up: median share / share to this power; 0 for none.") var balance: Double?
  @Flag(help: "Vary pictures strongly: for few or synthetic ones.") var strong = false
  @Option(help: "Range of random scales.") var scale: NumberList<Double>?
  @Option(help: "Epochs between measurements.") var evaluateEvery: Int?
  @Option(help: "Seed of everything random.") var seed: UInt64?
  @Option(help: "How many cores to load.") var threads: Int?
  @Option(help: "The model's name.") var name: String?

  func validate() throws {
    if [epochs != nil, steps != nil, minutes != nil].count(where: { $0 }) > 1 {
      throw ValidationError("give one of --epochs, --steps and --minutes")
    }
    if let scale, scale.numbers.count != 2 || scale.numbers[0] <= 0 || scale.numbers[0] > scale.numbers[1] {
      throw ValidationError("--scale is two numbers above 0, such as 0.5,2")
    }
  }

  /// The configuration that the options describe.
  ///
  /// - Throws: `ModelError.architecture` for an impossible network, `CommandError.unusable` for unknown classes.
  func configuration(output: String, classNames: [String], initial: Model?) throws -> TrainerConfiguration {
    let architecture = try Architecture(
      stem: stem ?? initial?.architecture.stem ?? 2,
      widths: widths?.numbers ?? initial?.architecture.widths ?? [24, 48, 80, 144, 256],
      up: initial?.architecture.up ?? .standard, classes: try classList(classNames, initial: initial))
    var made = TrainerConfiguration(architecture: architecture, output: output)
    made.name = name ?? URL(fileURLWithPath: output).deletingPathExtension().lastPathComponent
    if let epochs { made.length = .epochs(epochs) }
    if let steps { made.length = .steps(steps) }
    if let minutes { made.length = .minutes(minutes) }
    if let size { made.crop = InputSize(height: size.height, width: size.width) }
    made.batch = batch ?? made.batch
    made.optimizer.rate = lr ?? made.optimizer.rate
    made.optimizer.warmup = warmup ?? made.optimizer.warmup
    made.optimizer.rule = optimizer ?? made.optimizer.rule
    made.optimizer.weightDecay = decay ?? made.optimizer.weightDecay
    made.optimizer.average = ema ?? made.optimizer.average
    made.loss.labelSmoothing = smoothing ?? made.loss.labelSmoothing
    if let balance {
      (made.loss.balance.rule, made.loss.balance.power) = (balance == 0 ? .none : .medianFrequency, balance)
    }
    if strong { made.augmentation = .strong }
    if let scale {
      (made.augmentation.minimumScale, made.augmentation.maximumScale) = (scale.numbers[0], scale.numbers[1])
    }
    made.evaluateEvery = evaluateEvery ?? made.evaluateEvery
    made.seed = seed ?? made.seed
    made.threads = threads ?? Machine.current.cores
    made.toolVersion = Verge.version
    return made
  }

  private func classList(_ names: [String], initial: Model?) throws -> [PixelClass] {
    let known = [ClassList.camvid, ClassList.carla]
    if let classes {
      switch classes {
      case "camvid": return ClassList.camvid
      case "carla": return ClassList.carla
      case "init":
        guard let initial else { throw CommandError.unusable(what: "--classes init", why: "there is no --init model") }
        return initial.architecture.classes
      default: throw CommandError.unusable(what: "--classes \(classes)", why: "known label sets: camvid, carla, init")
      }
    }
    if let initial, initial.architecture.classes.map(\.name) == names { return initial.architecture.classes }
    return known.first { $0.map(\.name) == names } ?? ClassList.camvid
  }

  private static func optimizer(_ text: String) throws -> OptimizerKind {
    guard let kind = OptimizerKind(rawValue: text) else { throw ValidationError("--optimizer is adamw or sgd") }
    return kind
  }
}
