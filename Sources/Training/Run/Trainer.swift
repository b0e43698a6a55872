// The training loop.
import Foundation
public import UNet

/// What a run reports on its way.
public enum TrainingEvent: Sendable {
  /// After every step. `remaining` in seconds where it can be told.
  case step(step: Int, epoch: Int, loss: Double, rate: Double, imagesPerSecond: Double, remaining: Double?)
  /// After measuring on the validation set.
  case evaluation(epoch: Int, Evaluation, isBest: Bool)
  case checkpoint(path: String)
}

/// What a finished run gives.
public struct TrainingSummary: Sendable {
  public let epochs, steps: Int
  public let imagesPerSecond: Double
  public let bestEpoch: Int
  public let bestMeanIoU: Double
  public let modelPath: String
}

/// Trains a network: data, forward, backward, optimiser, validation, checkpoints.
///
/// Used from one thread; runs on `configuration.threads` worker threads and one for data. With the same seed a run of
/// steps or epochs gives the same weights for any number of threads.
public final class Trainer {
  public let configuration: TrainerConfiguration
  let network: TrainingNetwork
  let workers: Workers
  let mix: DataMix
  let validation: EvaluationSet?
  let values, gradients: FloatBuffer
  let optimizer: Optimizer
  private let loss: SegmentationLoss
  private let predictor: FloatPredictor
  var state = RunState()
  /// Seconds and steps of this part of the run.
  private var partStart = ContinuousClock.now
  private var partSteps = 0
  private var earlierSeconds = 0.0

  /// - Parameters:
  ///   - sources: training sets.
  ///   - shares: their weights in the mix; empty: by number of pictures.
  ///   - validation: measured to choose the best model; without it the last one is kept.
  ///   - initial: weights to start from; layers of equal shape are taken over, and the head's rows of equal class names.
  ///     Where it has no norms, as imported networks, training goes on without: statistics of batches would make another
  ///     network of it.
  /// - Throws: `TrainingError` for settings or data that cannot work.
  public init(
    _ configuration: TrainerConfiguration, sources: [any LabelledSource], shares: [Double] = [],
    validation: (any LabelledSource)?, initial: Model? = nil
  ) throws(TrainingError) {
    try configuration.check()
    self.configuration = configuration
    let architecture = configuration.architecture
    let classNames = architecture.classes.map(\.name)
    network = try TrainingNetwork(
      architecture, batch: configuration.batch, size: configuration.crop, wantsGradient: true)
    workers = Workers(threads: configuration.threads)
    mix = try DataMix(sources, shares: shares, classNames: classNames, seed: configuration.seed)
    self.validation = try validation.map { source throws(TrainingError) in
      try EvaluationSet(source, architecture: architecture)
    }
    values = FloatBuffer(count: network.layout.count)
    gradients = FloatBuffer(count: network.layout.count)
    optimizer = try Optimizer(configuration.optimizer, layout: network.layout)
    let balance = configuration.loss.balance
    let occurrence = balance.needsShares ? try mix.classShares(classes: classNames.count) : []
    loss = SegmentationLoss(
      configuration.loss, classWeights: try balance.weights(classNames: classNames, shares: occurrence),
      sets: mix.labelSets)
    predictor = FloatPredictor(architecture, values: optimizer.average, workers: workers)
    var random = SeededRandom(seed: configuration.seed)
    var start = Weights(initial: architecture, using: &random)
    if let initial { start.takeOver(initial, architecture: architecture) }
    state.hasFixedNorms = initial?.weights.isFolded ?? false
    try network.layout.load(start, into: values.data)
    optimizer.average.data.update(from: values.data, count: values.count)
  }

  /// Continues from the configuration's checkpoint.
  ///
  /// - Throws: `TrainingError.checkpoint`.
  public func resume() throws(TrainingError) {
    state = try Checkpoint.read(configuration.checkpoint, into: stateArrays, network: networkName)
    optimizer.step = state.step
    earlierSeconds = state.seconds
  }

  /// Runs to the configured length.
  ///
  /// - Parameter report: called on this thread for each event; false ends the run with a checkpoint.
  /// - Throws: `TrainingError.diverged` when the loss is no longer a number, and what data, checkpoint and model throw.
  public func run(_ report: (TrainingEvent) -> Bool) throws(TrainingError) -> TrainingSummary {
    (partStart, partSteps) = (.now, 0)
    let augmenter = Augmenter(
      recipe: configuration.augmentation, width: configuration.crop.width, height: configuration.crop.height,
      classNames: configuration.architecture.classes.map(\.name))
    let stream = BatchStream(
      mix, augmenter: augmenter, batch: configuration.batch, seed: configuration.seed, firstStep: state.step)
    var lastCheckpoint = ContinuousClock.now
    var goesOn = true
    while goesOn && !isDone {
      let epoch = self.epoch
      let (lossValue, rate) = try step(stream.next())
      goesOn = report(stepEvent(loss: lossValue, rate: rate))
      if goesOn && self.epoch != epoch && self.epoch % configuration.evaluateEvery == 0 { goesOn = try measure(report) }
      if ContinuousClock.now - lastCheckpoint > .seconds(configuration.checkpointEvery) {
        try save()
        lastCheckpoint = .now
        goesOn = report(.checkpoint(path: configuration.checkpoint)) && goesOn
      }
    }
    if goesOn { _ = try measure(report) }
    try save()
    return summary
  }

  /// One step on one batch.
  private func step(_ batch: Batch) throws(TrainingError) -> (loss: Double, rate: Double) {
    feed(batch)
    let pass = Pass(
      workers: workers, parameters: values.data, gradients: gradients.data,
      usesBatchStatistics: !state.hasFixedNorms,
      frozenLayers: optimizer.rates.frozen, momentum: Float(configuration.normMomentum))
    network.forward(pass)
    guard let gradient = network.head.gradient else { preconditionFailure("made with gradients") }
    let lossValue = loss.evaluate(
      logits: network.head.logits, labels: batch.labelPointer, cell: configuration.architecture.stem,
      gradient: gradient, workers: workers)
    network.backward(pass)
    let norm = optimizer.gradientNorm(gradients.data, workers: workers)
    guard lossValue.isFinite, norm.isFinite else { throw .diverged(step: state.step, layer: divergedLayer()) }
    let rate = configuration.optimizer.rate(step: state.step, progress: progress)
    optimizer.update(
      values.data, gradients: gradients.data, rate: rate, scale: configuration.optimizer.clipFactor(norm: norm),
      workers: workers)
    state.step += 1
    partSteps += 1
    return (lossValue, rate)
  }

  private func feed(_ batch: Batch) {
    let shape = network.input.shape
    for row in 0..<(shape.n * shape.h) {
      network.input.value.row(row).update(from: batch.rgb.data + row * shape.w * 3, count: shape.w * 3)
    }
  }

  /// The first layer, in the order of the pass, whose gradient is not a number.
  private func divergedLayer() -> String {
    let bad = network.layout.parameters.first { parameter in
      parameter.range.contains { !gradients.data[$0].isFinite }
    }
    return bad?.name ?? "the loss"
  }

  /// Measures the averaged weights and keeps them when they are the best so far.
  private func measure(_ report: (TrainingEvent) -> Bool) throws(TrainingError) -> Bool {
    guard let validation else {
      try writeModel(evaluation: nil)
      return true
    }
    let evaluation = try Evaluator.evaluate(predictor, on: validation)
    let isBest = evaluation.meanIoU > state.bestMeanIoU
    if isBest {
      (state.bestEpoch, state.bestMeanIoU) = (epoch, evaluation.meanIoU)
      try writeModel(evaluation: evaluation)
    }
    return report(.evaluation(epoch: epoch, evaluation, isBest: isBest))
  }

  private func save() throws(TrainingError) {
    state.seconds = seconds
    try Checkpoint.write(stateArrays, state: state, network: networkName, to: configuration.checkpoint)
  }
}

extension Trainer {
  private var stateArrays: [FloatBuffer] { [values, optimizer.first, optimizer.second, optimizer.average] }

  private var networkName: String {
    let architecture = configuration.architecture
    let up = architecture.up == .standard ? "" : " up \(architecture.up.window),"
    return "stem \(architecture.stem), widths \(architecture.widths),\(up) classes \(architecture.classes.map(\.name))"
  }

  /// Seconds of training over all parts of the run.
  var seconds: Double {
    let part = ContinuousClock.now - partStart
    return earlierSeconds + Double(part.components.seconds) + Double(part.components.attoseconds) * 1e-18
  }

  /// Whole epochs done.
  var epoch: Int { state.step * configuration.batch / mix.epoch }

  /// How much of the run is done, 0…1.
  private var progress: Double {
    switch configuration.length {
    case .epochs(let count): Double(state.step * configuration.batch) / Double(count * mix.epoch)
    case .steps(let count): Double(state.step) / Double(count)
    case .minutes(let count): seconds / (60 * count)
    }
  }

  private var isDone: Bool { progress >= 1 }

  private func stepEvent(loss: Double, rate: Double) -> TrainingEvent {
    let done = progress
    let part = seconds - earlierSeconds
    return .step(
      step: state.step, epoch: epoch, loss: loss, rate: rate,
      imagesPerSecond: Double(partSteps * configuration.batch) / max(part, 1e-9),
      remaining: done > 0 ? seconds * (1 / done - 1) : nil)
  }

  private var summary: TrainingSummary {
    TrainingSummary(
      epochs: epoch, steps: state.step,
      imagesPerSecond: Double(partSteps * configuration.batch) / max(seconds - earlierSeconds, 1e-9),
      bestEpoch: state.bestEpoch, bestMeanIoU: max(0, state.bestMeanIoU), modelPath: configuration.output)
  }

  /// The averaged weights as a model file, written atomically.
  private func writeModel(evaluation: Evaluation?) throws(TrainingError) {
    var receipt = Receipt(toolVersion: configuration.toolVersion)
    receipt.dataSets = mix.parts.map {
      Receipt.DataSet(spec: $0.source.specification, use: "train", images: $0.source.count)
    }
    if let source = validation?.source {
      receipt.dataSets.append(Receipt.DataSet(spec: source.specification, use: "validation", images: source.count))
    }
    (receipt.seed, receipt.epochs, receipt.steps) = (configuration.seed, epoch, state.step)
    receipt.trainingSeconds = seconds
    let weights = network.layout.weights(from: optimizer.average.data)
    receipt.recipe = configuration.recipe
    if let evaluation, let source = validation?.source {
      receipt.floatScores = [evaluation.score(dataSet: source.specification)]
    }
    do throws(ModelError) {
      try Model(
        name: configuration.name, architecture: configuration.architecture,
        weights: state.hasFixedNorms ? weights.folded() : weights, trainingInput: try trainingInput(),
        receipt: receipt
      ).write(to: configuration.output)
    } catch {
      throw .checkpoint(path: configuration.output, reason: "\(error)")
    }
  }

  /// The input size that whole pictures have, which crops at scale 1 teach.
  private func trainingInput() throws(ModelError) -> InputSize {
    guard let first = try? mix.picture(part: 0, index: 0) else { return configuration.crop }  // was read before
    return configuration.architecture.inputSize(
      width: first.width, height: first.height, budget: first.width * first.height)
  }
}
