// A run: the recipe, where it goes and what it may use.
import Foundation
import Settings
public import UNet

/// The settings of a training run.
public struct TrainerConfiguration: Sendable {
  /// What decides the weights.
  public var recipe: Recipe
  public var architecture: Architecture
  /// Where the best model is written.
  public var output: String
  /// Where the state is kept to continue from.
  public var checkpoint: String
  public var threads = 2
  /// Whether the network is to feel the roundings of 8 bits while it trains; for fine-tuning, in float precision.
  public var isQuantizationAware = false
  /// Seconds between checkpoints.
  public var checkpointEvery = 120.0
  /// Bytes of memory that the run may take; nil for as many as it likes.
  public var memoryLimit: Int?
  /// Version of the program, for the receipt.
  public var toolVersion = ""

  public init(recipe: Recipe = Recipe(), architecture: Architecture, output: String) {
    self.recipe = recipe
    self.architecture = architecture
    self.output = output
    checkpoint = output + ".checkpoint"
  }

  /// Shown in the model.
  public var name: String {
    recipe.name.isEmpty ? URL(fileURLWithPath: output).deletingPathExtension().lastPathComponent : recipe.name
  }

  /// - Throws: `TrainingError.setting` naming the first setting that is out of range.
  public func check() throws(TrainingError) {
    guard threads > 0 else { throw .setting(name: "threads", reason: "must be at least 1, not \(threads)") }
    do throws(SettingsError) {
      try recipe.checkAll()
    } catch {
      throw TrainingError(error)
    }
    let (size, stride) = (recipe.size, architecture.stride)
    guard size.width % stride == 0, size.height % stride == 0 else {
      throw .setting(
        name: "size", reason: "must be multiples of the network's stride \(stride), not \(size.width)x\(size.height)")
    }
  }
}
