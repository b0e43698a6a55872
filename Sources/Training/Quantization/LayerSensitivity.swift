// Which layers 8 bits cost most.
import Foundation
public import UNet

/// Measures what each layer loses by itself: the float network with only that layer's weights and output in 8 bits.
public enum LayerSensitivity {
  /// - Parameters:
  ///   - model: quantised; its activation scales are used.
  ///   - pictures: how many of `set` to use, evenly spread; each costs as many float passes as there are layers.
  /// - Returns: the layer whose error is largest first.
  /// - Throws: `TrainingError.quantization` without int8 weights, and what data throws.
  public static func measure(
    _ model: Model, on set: EvaluationSet, pictures: Int = 4, threads: Int
  ) throws(TrainingError) -> [Receipt.QuantizationReport.LayerLoss] {
    guard let quantized = model.quantized else {
      throw .quantization("\(model.name) has no int8 weights; quantise it first")
    }
    let fake = FakeQuantization(architecture: model.architecture, activations: quantized.activations)
    let bench = try Bench(model, fake, threads: threads)
    var losses = model.architecture.layers.map { LogitError(layer: $0) }
    for index in set.sample(pictures) {
      let picture = try set.picture(atOrAfter: index)
      let reference = try bench.logits(picture, rounding: nil)
      for i in losses.indices {
        losses[i].add(try bench.logits(picture, rounding: losses[i].layer), reference, model.architecture.classes.count)
      }
    }
    return losses.map(\.loss).sorted { $0.signalToNoise < $1.signalToNoise }
  }

  /// One set of parameters, of which a layer at a time is rounded.
  private struct Bench {
    let fake: FakeQuantization
    let workers: Workers
    let layout: ParameterLayout
    let values: FloatBuffer
    let rounded: FloatBuffer
    let predictor: FloatPredictor

    init(_ model: Model, _ fake: FakeQuantization, threads: Int) throws(TrainingError) {
      self.fake = fake
      workers = Workers(threads: threads)
      let smallest = InputSize(height: model.architecture.stride, width: model.architecture.stride)
      layout = try TrainingNetwork(model.architecture, batch: 1, size: smallest, wantsGradient: false).layout
      (values, rounded) = (FloatBuffer(count: layout.count), FloatBuffer(count: layout.count))
      try layout.load(model.weights.folded(), into: values.data)
      predictor = FloatPredictor(model.architecture, values: rounded, workers: workers)
    }

    func logits(_ picture: EvaluationPicture, rounding layer: Layer?) throws(TrainingError) -> [Float] {
      rounded.data.update(from: values.data, count: layout.count)
      if let layer { fake.roundWeights(of: layer, layout, in: rounded.data) }
      let network = try predictor.run(picture) { observed in
        if observed.name == layer?.name { fake.roundOutput(of: observed, workers: workers) }
      }
      let logits = network.head.logits
      return Array(UnsafeBufferPointer(start: logits.base, count: logits.shape.pixels * logits.shape.c))
    }
  }
}

/// The error of logits over some pictures.
private struct LogitError {
  let layer: Layer
  private var (signal, noise) = (0.0, 0.0)
  private var (pixels, changed) = (0, 0)

  init(layer: Layer) { self.layer = layer }

  mutating func add(_ logits: [Float], _ reference: [Float], _ classes: Int) {
    for start in stride(from: 0, to: reference.count, by: classes) {
      let pixel = start..<start + classes
      // A score added to all classes changes no label: only differences between classes are signal.
      let mean = reference[pixel].reduce(0, +) / Float(classes)
      for i in pixel {
        signal += Double((reference[i] - mean) * (reference[i] - mean))
        noise += Double((logits[i] - reference[i]) * (logits[i] - reference[i]))
      }
      pixels += 1
      if best(logits[pixel]) != best(reference[pixel]) { changed += 1 }
    }
  }

  private func best(_ scores: ArraySlice<Float>) -> Int {
    scores.indices.reduce(scores.startIndex) { scores[$1] > scores[$0] ? $1 : $0 }
  }

  var loss: Receipt.QuantizationReport.LayerLoss {
    Receipt.QuantizationReport.LayerLoss(
      name: layer.name, signalToNoise: min(99, 10 * log10(signal / max(noise, signal * 1e-10))),
      changedLabels: Double(changed) / Double(max(1, pixels)))
  }
}
