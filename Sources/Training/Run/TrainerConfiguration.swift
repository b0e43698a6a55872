// Everything that decides how a run goes, with its defaults.
import Foundation
public import UNet

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
  public var loss = LossRecipe()
  public var optimizer = OptimizerRecipe()
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
    try require(evaluateEvery > 0, "evaluate-every", "must be at least 1, not \(evaluateEvery)")
    try loss.checkAll(["loss"])
    try optimizer.checkAll(["optimizer"])
    try augmentation.checkAll(["augmentation"])
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
      "batch": "\(batch)", "crop": "\(crop)", "optimizer": "\(optimizer)", "loss": "\(loss)",
      "norm_momentum": "\(normMomentum)", "length": "\(length)", "augmentation": "\(augmentation)",
    ]
  }
}
