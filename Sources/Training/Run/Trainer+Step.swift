// One step: forward, backward, new weights, and the watch over them.
import Foundation
import UNet

extension Trainer {
  /// One step on one batch.
  ///
  /// - Throws: `TrainingError.diverged`; the weights are those of before the step.
  func step(_ batch: Batch) throws(TrainingError) -> (loss: Double, rate: Double) {
    feed(batch)
    let pass = Pass(
      workers: workers, parameters: awareness?.round(values, workers: workers) ?? values.data,
      gradients: gradients.data, usesBatchStatistics: !state.hasFixedNorms, frozenLayers: optimizer.rates.frozen,
      momentum: Float(recipe.network.normMomentum), dropoutSeed: dropoutSeed)
    forward(pass)
    guard let gradient = network.head.gradient else { preconditionFailure("made with gradients") }
    let lossValue = loss.evaluate(
      logits: network.head.logits, labels: batch.labelPointer, cell: configuration.architecture.stem,
      gradient: gradient, workers: workers)
    backward(pass)
    let norm = optimizer.gradientNorm(gradients.data, workers: workers)
    try checkFinite(loss: lossValue, norm: norm)
    let rate = recipe.optimizer.rate(step: state.step, progress: progress)
    optimizer.update(
      values.data, gradients: gradients.data, rate: rate, scale: recipe.optimizer.clipFactor(norm: norm),
      workers: workers)
    state.step += 1
    clock.steps += 1
    return (lossValue, rate)
  }

  /// Another one for each step; nil without dropout.
  private var dropoutSeed: UInt64? {
    guard recipe.network.dropout.rate > 0 else { return nil }
    var random = SeededRandom(seed: recipe.seed ^ 0xD20, index: UInt64(state.step))
    return random.next()
  }

  private func feed(_ batch: Batch) {
    let shape = network.input.shape
    for row in 0..<(shape.n * shape.h) {
      network.input.value.row(row).update(from: batch.rgb.data + row * shape.w * 3, count: shape.w * 3)
    }
  }

  private func checkFinite(loss: Double, norm: Double) throws(TrainingError) {
    if !loss.isFinite || !norm.isFinite {
      // Before the first checkpoint nothing else would be left. What is no number is not kept, and is told below.
      if state.step > 0, state.savedStep == nil { try? save() }
      let layer = layer { !gradients.data[$0].isFinite } ?? layer { !values.data[$0].isFinite }
      throw diverged(
        layer: layer ?? "head", reason: loss.isFinite ? "its gradient is not a number" : "the loss is not a number")
    }
    if state.lossWatch.isRunningAway(loss) {
      let mean = String(format: "%.3g", state.lossWatch.mean)
      throw diverged(
        layer: steepestLayer,
        reason:
          "the loss has been \(String(format: "%.3g", loss)) and the like for \(LossWatch.limit) steps, after \(mean)")
    }
  }

  /// - Throws: `TrainingError.diverged` when a weight is no number, so that no such state is kept.
  func checkWeights() throws(TrainingError) {
    guard let layer = layer(where: { !values.data[$0].isFinite || !optimizer.average.data[$0].isFinite }) else {
      return
    }
    throw diverged(layer: layer, reason: "its weights are not numbers")
  }

  private func diverged(layer: String, reason: String) -> TrainingError {
    var kept: [String] = []
    if let step = state.savedStep { kept.append("the checkpoint of step \(step)") }
    if state.bestEpoch > 0 { kept.append("the best model") }
    return .diverged(step: state.step, layer: layer, reason: reason, kept: kept.joined(separator: " and "))
  }

  /// The first parameter, in the order of the pass, one of whose floats is as told.
  private func layer(where isBad: (Int) -> Bool) -> String? {
    network.layout.parameters.first { $0.range.contains(where: isBad) }?.name
  }

  /// The parameter with the largest gradient for its size.
  private var steepestLayer: String {
    func slope(_ parameter: Parameter) -> Float {
      parameter.range.reduce(0) { $0 + abs(gradients.data[$1]) } / Float(max(1, parameter.count))
    }
    return network.layout.parameters.filter { $0.kind != .statistic }.max { slope($0) < slope($1) }?.name ?? "head"
  }
}
