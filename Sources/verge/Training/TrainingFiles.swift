// Where a training run writes.
import Foundation

/// The files beside a model.
struct TrainingFiles {
  let output: String
  /// The recipe as it was in effect.
  let recipe: String
  /// The folder of figures.
  let log: String

  /// - Parameter log: the folder that was asked for; nil for the one beside the model.
  init(_ output: String, log: String?) {
    self.output = output
    let suffix = ".safetensors"
    let stem = output.hasSuffix(suffix) ? String(output.dropLast(suffix.count)) : output
    recipe = stem + ".recipe.yaml"
    self.log = log ?? stem + ".log"
  }
}
