// Everything that decides how a run goes, with its defaults.
import Foundation
public import UNet

/// How classes are weighted in the loss.
public enum ClassWeighting: Sendable, Hashable {
  /// All labelled pixels count the same.
  case none
  /// (median share / share)^power, bounded to 0.25…4; 1 is median frequency balancing, 0.5 a mild form.
  case medianFrequency(power: Double)

  /// Weights by class from the classes' shares of the labelled pixels; a class that never occurs weighs 1.
  ///
  /// - Source: Eigen and Fergus 2015, section 5.3.2.
  func weights(shares: [Double]) -> [Float] {
    guard case .medianFrequency(let power) = self else { return shares.map { _ in 1 } }
    let present = shares.filter { $0 > 0 }.sorted()
    guard !present.isEmpty else { return shares.map { _ in 1 } }
    let median = present[present.count / 2]
    return shares.map { $0 > 0 ? Float(min(4, max(0.25, pow(median / $0, power)))) : 1 }
  }
}

/// When a run is done.
public enum TrainingLength: Sendable, Hashable {
  case epochs(Int)
  case steps(Int)
  /// Wall-clock time of training, pauses between resumed runs not counted.
  case minutes(Double)
}

/// The settings of a training run.
public struct TrainerConfiguration: Sendable {
  /// Shown in the model.
  public var name = "model"
  public var architecture: Architecture
  /// Where the best model is written.
  public var output: String
  /// Where the state is kept to continue from.
  public var checkpoint: String
  public var length = TrainingLength.epochs(100)
  /// Pictures a step.
  public var batch = 8
  /// Size of the crops; multiples of the network's stride.
  public var crop = InputSize(height: 224, width: 288)
  public var augmentation = Augmentation()
  public var optimizer = OptimizerKind.adamw
  public var learningRate = 2e-3
  public var warmupSteps = 100
  public var weightDecay = 0.02
  /// Largest norm of all gradients together; longer ones are shortened to it.
  public var clipNorm = 1.0
  public var labelSmoothing = 0.0
  public var classWeighting = ClassWeighting.none
  /// How much of the averaged weights a step keeps.
  public var averageDecay = 0.998
  /// How much of the norms' running statistics a batch leaves.
  public var normMomentum = 0.97
  public var seed: UInt64 = 1
  public var threads = 2
  /// Epochs between measurements on the validation set.
  public var evaluateEvery = 5
  /// Seconds between checkpoints.
  public var checkpointEvery = 120.0
  /// Version of the program, for the receipt.
  public var toolVersion = ""

  public init(architecture: Architecture, output: String) {
    self.architecture = architecture
    self.output = output
    checkpoint = output + ".checkpoint"
  }

  /// - Throws: `TrainingError.setting` naming the first setting that is out of range.
  public func check() throws(TrainingError) {
    func require(_ condition: Bool, _ name: String, _ reason: String) throws(TrainingError) {
      guard condition else { throw .setting(name: name, reason: reason) }
    }
    try require(batch > 0, "batch", "must be at least 1, not \(batch)")
    try require(threads > 0, "threads", "must be at least 1, not \(threads)")
    try require(learningRate > 0 && learningRate.isFinite, "lr", "must be above 0, not \(learningRate)")
    try require((0..<1).contains(labelSmoothing), "smoothing", "must be in 0..<1, not \(labelSmoothing)")
    try require((0..<1).contains(averageDecay), "ema", "must be in 0..<1, not \(averageDecay)")
    try require(evaluateEvery > 0, "evaluate-every", "must be at least 1, not \(evaluateEvery)")
    let stride = architecture.stride
    try require(
      crop.width % stride == 0 && crop.height % stride == 0 && crop.pixels > 0, "size",
      "must be multiples of the network's stride \(stride), not \(crop)")
    switch length {
    case .epochs(let count): try require(count > 0, "epochs", "must be at least 1, not \(count)")
    case .steps(let count): try require(count > 0, "steps", "must be at least 1, not \(count)")
    case .minutes(let count): try require(count > 0, "minutes", "must be above 0, not \(count)")
    }
  }

  /// The settings as names and values, for the receipt.
  var recipe: [String: String] {
    [
      "batch": "\(batch)", "crop": "\(crop)", "optimizer": optimizer.rawValue, "learning_rate": "\(learningRate)",
      "warmup_steps": "\(warmupSteps)", "weight_decay": "\(weightDecay)", "clip_norm": "\(clipNorm)",
      "label_smoothing": "\(labelSmoothing)", "class_weighting": "\(classWeighting)",
      "average_decay": "\(averageDecay)", "norm_momentum": "\(normMomentum)", "length": "\(length)",
      "augmentation": "\(augmentation)",
    ]
  }
}
