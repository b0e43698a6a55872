// Training with the roundings of 8 bits.
import Tensors
import UNet

extension Trainer {
  /// Pictures that ranges are calibrated on.
  private static let calibrationPictures = 48

  /// Fixes the ranges of activations where the run is to feel roundings; a resumed one has them from its checkpoint.
  ///
  /// - Throws: what data and calibration throw.
  func prepareRounding() throws(TrainingError) {
    if configuration.isQuantizationAware, state.ranges == nil { state.ranges = try calibratedRanges() }
    guard state.ranges == nil || network.real == .f32 else {
      throw .setting(name: "precision", reason: "must be float for training with roundings: bf16 cannot hold the codes")
    }
    awareness = try state.ranges.map { ranges throws(TrainingError) in
      try QuantizationAwareness(configuration.architecture, network.layout, ranges: ranges)
    }
  }

  /// What `step` and `measure` run: with roundings or without.
  func forward(_ pass: Pass) {
    if let awareness { awareness.forward(network, pass) } else { network.forward(pass) }
  }

  func backward(_ pass: Pass) {
    if let awareness { awareness.backward(network, pass) } else { network.backward(pass) }
  }

  /// The averaged weights as they will be run: in floats, or in the integers that they are trained for.
  func measuredPredictor() throws(TrainingError) -> any Predictor {
    guard let awareness else { return predictor }
    let weights = network.layout.weights(from: optimizer.average.data).folded()
    return try Int8Predictor(try model(weights, awareness.quantized(weights)), threads: configuration.threads)
  }

  private func calibratedRanges() throws(TrainingError) -> ActivationRanges {
    let model = try model(network.layout.weights(from: values.data).folded(), nil)
    var ranges = ActivationRanges()
    for part in mix.parts {
      let set = try EvaluationSet(
        part.source, architecture: configuration.architecture, enlargement: recipe.enlargement, skipped: mix.skipped)
      let statistics = try ActivationStatistics(
        model, on: set, pictures: max(1, Self.calibrationPictures / mix.parts.count), threads: configuration.threads)
      for (name, range) in statistics.ranges(.standard).ranges { ranges.include(range, of: name) }
    }
    return ranges
  }

  private func model(_ weights: Weights, _ quantized: QuantizedWeights?) throws(TrainingError) -> Model {
    try quantizing { () throws(ModelError) in
      try Model(
        name: configuration.name, architecture: configuration.architecture, weights: weights, quantized: quantized,
        trainingInput: recipe.size.inputSize, receipt: Receipt(toolVersion: configuration.toolVersion))
    }
  }
}
