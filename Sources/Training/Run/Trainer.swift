// The training loop.
import Foundation
import Settings
public import UNet

/// Trains a network: data, forward, backward, optimiser, validation, checkpoints.
///
/// Used from one thread; runs on `configuration.threads` worker threads and one for data. With the same seed a run of
/// steps or epochs gives the same weights for any number of threads.
public final class Trainer {
  public let configuration: TrainerConfiguration
  /// What the run takes.
  public let memory: MemoryStatement
  let network: TrainingNetwork
  let workers: Workers
  let mix: DataMix
  let validation: EvaluationSet?
  let values, gradients: FloatBuffer
  let optimizer: Optimizer
  let loss: SegmentationLoss
  let predictor: FloatPredictor
  /// What the first weights are of; nil where they are drawn.
  let takenOver: TakenOver?
  var state = RunState()
  /// Where the run feels the roundings of 8 bits; from its start on.
  var awareness: QuantizationAwareness?
  /// Of this part of the run.
  var clock = RunClock()

  var recipe: Recipe { configuration.recipe }

  /// - Parameters:
  ///   - sources: training sets.
  ///   - shares: their weights in the mix; empty: by number of pictures.
  ///   - validation: measured to choose the best model; without it the last one is kept.
  ///   - initial: weights to start from; layers of equal shape are taken over, and the head's rows of equal class names.
  ///     Where it has no norms, as imported networks, training goes on without: statistics of batches would make another
  ///     network of it.
  /// - Throws: `TrainingError` for settings or data that cannot work, `.memory` where the limit is too small.
  public init(
    _ configuration: TrainerConfiguration, sources: [any LabelledSource], shares: [Double] = [],
    validation: (any LabelledSource)?, initial: Model? = nil
  ) throws(TrainingError) {
    try configuration.check()
    self.configuration = configuration
    let (recipe, architecture) = (configuration.recipe, configuration.architecture)
    let classNames = architecture.classes.map(\.name)
    mix = try DataMix(
      sources, shares: shares, classNames: classNames, seed: recipe.seed, memoryLimit: recipe.data.cache.limit)
    self.validation = try validation.map { source throws(TrainingError) in
      try EvaluationSet(source, architecture: architecture, enlargement: recipe.enlargement)
    }
    memory = try MemoryStatement(configuration, mix: mix, validation: self.validation)
    try memory.check(limit: configuration.memoryLimit)
    network = try TrainingNetwork(
      architecture, batch: recipe.batch, size: recipe.size.inputSize, wantsGradient: true,
      precision: configuration.isQuantizationAware ? .float : recipe.precision,
      dropout: recipe.network.dropout)
    workers = Workers(threads: configuration.threads)
    values = FloatBuffer(count: network.layout.count)
    gradients = FloatBuffer(count: network.layout.count)
    optimizer = try Optimizer(recipe.optimizer, layout: network.layout)
    let balance = recipe.loss.balance
    let occurrence = balance.needsShares ? try mix.classShares(classes: classNames.count) : []
    loss = SegmentationLoss(
      recipe.loss, classWeights: try balance.weights(classNames: classNames, shares: occurrence), sets: mix.labelSets)
    predictor = FloatPredictor(architecture, values: optimizer.average, workers: workers)
    var random = SeededRandom(seed: recipe.seed)
    var start = Weights(initial: architecture, using: &random)
    takenOver = try initial.map { model throws(TrainingError) in
      try start.takeOver(model, architecture: architecture)
    }
    if configuration.isQuantizationAware { start = start.folded() }
    state.hasFixedNorms = configuration.isQuantizationAware || initial?.weights.isFolded ?? false
    try network.layout.load(start, into: values.data)
    optimizer.average.data.update(from: values.data, count: values.count)
  }

  /// Runs to the recipe's length, or until it no longer gets better.
  ///
  /// - Parameter report: called on this thread for each event; false ends the run with a checkpoint.
  /// - Throws: `TrainingError.diverged` when the loss is no longer a number or runs away, and what data, checkpoint and
  ///   model throw.
  public func run(_ report: (TrainingEvent) -> Bool) throws(TrainingError) -> TrainingSummary {
    try prepareRounding()
    clock.start()
    let stream = BatchStream(
      mix,
      augmenter: Augmenter(
        recipe: recipe.augmentation, width: recipe.size.width, height: recipe.size.height,
        enlargement: recipe.enlargement, classNames: configuration.architecture.classes.map(\.name),
        sets: mix.labelSets),
      batch: recipe.batch, seed: recipe.seed, firstStep: state.step)
    var end = TrainingEnd.completed
    while end == .completed && !isDone {
      let epoch = self.epoch
      let (lossValue, rate) = try step(nextBatch(of: stream))
      if !report(.step(stepReport(loss: lossValue, rate: rate))) { end = .interrupted }
      if !reportSkipped(report) { end = .interrupted }
      if end == .completed, self.epoch != epoch, self.epoch % recipe.evaluation.every == 0 { end = try measure(report) }
      if clock.sinceCheckpoint > configuration.checkpointEvery, !(try saveReporting(report)) { end = .interrupted }
    }
    if end == .completed { end = try measure(report) }
    if end == .interrupted { try writeUnmeasured() }
    try save()
    return summary(end)
  }

  /// - Throws: what the stream does; what was trained until then is kept.
  private func nextBatch(of stream: BatchStream) throws(TrainingError) -> Batch {
    do throws(TrainingError) { return try stream.next() } catch {
      if state.step != state.savedStep ?? 0 { try save() }
      throw error
    }
  }
}
