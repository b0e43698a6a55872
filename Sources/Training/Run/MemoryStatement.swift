// What a run will take, told before it starts.
import UNet

/// Bytes of a run's parts.
public struct MemoryStatement: Sendable, Equatable {
  /// What does not grow with the batch: parameters, moments, averages, measuring, pictures kept.
  let fixed: Int
  /// Activations, gradients and batches made ahead, for one picture of a batch.
  let perPicture: Int
  let batch: Int

  public var total: Int { fixed + batch * perPicture }

  /// The largest batch that fits in `limit` bytes; 0 for none.
  func largestBatch(within limit: Int) -> Int { max(0, (limit - fixed) / max(1, perPicture)) }

  /// - Throws: `TrainingError.memory` with the batch that would fit.
  func check(limit: Int?) throws(TrainingError) {
    guard let limit, total > limit else { return }
    throw .memory(needed: total, limit: limit, batch: largestBatch(within: limit))
  }

  init(fixed: Int, perPicture: Int, batch: Int) {
    (self.fixed, self.perPicture, self.batch) = (fixed, perPicture, batch)
  }
}

extension MemoryStatement {
  /// Reckons a run's memory without taking it.
  ///
  /// - Throws: `TrainingError.setting` for a network that cannot be, `.data` when too many pictures cannot be used.
  init(_ configuration: TrainerConfiguration, mix: DataMix, validation: EvaluationSet?) throws(TrainingError) {
    let (recipe, architecture) = (configuration.recipe, configuration.architecture)
    func network(batch: Int, size: InputSize, forTraining: Bool = true) throws(TrainingError) -> Int {
      try TrainingNetwork.memoryBytes(
        architecture: architecture, batch: batch, size: size, precision: forTraining ? recipe.precision : .float,
        wantsGradient: forTraining)
    }
    let size = recipe.size.inputSize
    let (one, two) = (try network(batch: 1, size: size), try network(batch: 2, size: size))
    var fixed = max(0, 2 * one - two) + Self.parameterCopies * 4 * architecture.parameterCount
    var kept = 0
    for (part, content) in mix.parts.enumerated() {
      let picture = try mix.picture(part: part, index: 0)
      kept += content.source.count * (picture.rgb.count + picture.labels.count)
    }
    fixed += min(kept, mix.memoryLimit)
    if let validation {
      fixed += try network(batch: 1, size: validation.picture(atOrAfter: 0).input, forTraining: false)
    }
    // A picture ahead is three floats and a label a pixel.
    self.init(
      fixed: fixed, perPicture: two - one + BatchStream.depth * size.pixels * 13, batch: recipe.batch)
  }

  /// Values, gradients, two moments, the average.
  private static let parameterCopies = 5
}
