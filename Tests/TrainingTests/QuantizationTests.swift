// Quantisation as a whole, and what it tries.
import Foundation
import Testing
import UNet

@testable import Training

@Suite struct QuantizationTests {
  private let set: EvaluationSet
  private let model: Model

  init() throws {
    let architecture = try Fixtures.architecture()
    set = try EvaluationSet(ToySource(), architecture: architecture)
    model = try Fixtures.model(architecture)
  }

  private func quantized(_ model: Model) throws -> Model {
    let ranges = try ActivationStatistics(model, on: set, pictures: 4, threads: 1).ranges(.minMax)
    return try model.with(quantized: Quantizer.quantize(model.architecture, weights: model.weights, ranges: ranges))
  }

  private func equalized(_ model: Model) throws -> Model {
    let peaks = try ActivationStatistics(model, on: set, pictures: 4, threads: 1).peaks
    return try model.with(
      weights: Equalization.equalized(model.weights, model.architecture, peaks: peaks), quantized: nil)
  }

  /// The same network with channels of widely different ranges: each scaled in its norm and back in its readers.
  private func spread(_ model: Model, upTo power: Float) throws -> Model {
    var random = SeededRandom(seed: 8)
    var weights = model.weights
    for layer in model.architecture.layers.dropLast() where layer.hasNorm {
      let factors = (0..<layer.outputChannels).map { _ in exp2(Float.random(in: -power...power, using: &random)) }
      for (c, factor) in factors.enumerated() {
        weights[layer.name]?.norm?.scale[c] *= factor
        weights[layer.name]?.norm?.shift[c] *= factor
      }
      for reader in model.architecture.layers {
        var offset = 0
        for source in reader.sources {
          if source.name == layer.name { weights.divideInputs(of: reader, from: offset, by: factors) }
          offset += source.channels
        }
      }
    }
    return try model.with(weights: weights, quantized: nil)
  }

  /// Root of noise power over signal power of the logits on one picture.
  private func error(_ quantized: Model, against model: Model) throws -> Double {
    let picture = try set.picture(at: 3)
    let float = try FloatPredictor(model, threads: 1).run(picture).head.logits
    let count = float.shape.pixels * float.shape.c
    let network = try Int8Predictor(quantized, threads: 1).load(picture)
    var (labels, logits) = ([UInt8](repeating: 0, count: float.shape.pixels), [Float](repeating: 0, count: count))
    network.run(labels: &labels, labelStride: float.shape.w, logits: &logits)
    let noise = (0..<count).reduce(0.0) { $0 + pow(Double(logits[$1] - float.base[$1]), 2) }
    return (noise / (0..<count).reduce(0.0) { $0 + pow(Double(float.base[$1]), 2) }).squareRoot()
  }

  @Test func equalisationChangesNoLogit() throws {
    let bad = try spread(model, upTo: 4)
    let even = try equalized(bad)
    #expect(even.weights != bad.weights && even.weights["stem"]?.norm != nil)
    let shown = try set.picture(at: 0)
    let picture = FloatTensor(
      rgb: shown.rgb, height: shown.input.height, width: shown.input.width, bytesPerPixel: 3)
    #expect(try FloatNetwork(even).logits(picture) == FloatNetwork(bad).logits(picture))
  }

  @Test func equalisationRecoversAModelOfSpreadChannels() throws {
    let bad = try spread(model, upTo: 5)
    let good = try error(quantized(model), against: model)
    let before = try error(quantized(bad), against: bad)
    let after = try error(quantized(equalized(bad)), against: bad)
    #expect(before > 4 * good, "\(before), unspoilt \(good)")
    #expect(after < 2 * good && after < before / 3, "\(after), before \(before), unspoilt \(good)")
  }

  @Test func biasCorrectionTakesOutWhatMovedTheMeans() throws {
    let whole = try quantized(model)
    let layer = try #require(model.architecture.layer(named: "down0.conv0"))
    let integers = try #require(whole.quantized).shiftingBias(of: layer, by: [Float](repeating: 0.2, count: 8))
    let shifted = try whole.with(quantized: integers)
    let corrected = try BiasCorrection(shifted, on: set, pictures: 4, threads: 1).corrected()
    let (bad, good) = (try error(shifted, against: model), try error(corrected, against: model))
    #expect(good < bad / 3, "\(good), before \(bad)")
    #expect(try good < 1.1 * error(whole, against: model))
  }

  @Test func theLayerOfTooCoarseCodesIsTheMostSensitive() throws {
    var ranges = try ActivationStatistics(model, on: set, pictures: 4, threads: 1).ranges(.minMax)
    ranges["up0.conv0"] = 0...(30 * (ranges["up0.conv0"]?.upperBound ?? 1))
    let coarse = try model.with(
      quantized: Quantizer.quantize(model.architecture, weights: model.weights, ranges: ranges))
    let losses = try LayerSensitivity.measure(coarse, on: set, pictures: 2, threads: 1)
    #expect(losses.map(\.name).sorted() == model.architecture.layers.map(\.name).sorted())
    #expect(losses[0].name == "up0.conv0" && losses[0].signalToNoise < losses[1].signalToNoise - 6)
    #expect(losses[0].changedLabels >= losses[losses.count - 1].changedLabels)
    #expect(throws: TrainingError.self) { try LayerSensitivity.measure(model, on: set, threads: 1) }
  }

  /// Everything at once on a bad model: equalisation is found to help, transformed layers compose with it, the receipt says
  /// so, and the file keeps it.
  @Test func theSearchFindsWhatHelpsAndWritesItDown() throws {
    var settings = QuantizationSettings(threads: 1)
    (settings.pictures, settings.sensitivityPictures, settings.cpu) = (4, 1, "a machine")
    settings.winograd = .auto(maxLoss: 1)
    let bad = try spread(model, upTo: 5)
    var seen: [String] = []
    let result = try ModelQuantization.quantize(bad, calibration: set, validation: set, settings: settings) {
      seen.append($0.name)
    }
    let report = try #require(result.model.receipt.quantization)
    #expect(seen == report.trials.map(\.name) && report.trials.count >= 6)
    #expect(report.chosen.contains("equalised"), "\(report.trials)")
    #expect(report.trials.contains { $0.name == report.chosen })
    let chosen = try #require(report.trials.first { $0.name == report.chosen })
    #expect(chosen.meanIoU == result.int8.meanIoU)
    #expect(report.trials.filter { !$0.name.contains("equalised") }.allSatisfy { $0.agreement < chosen.agreement })
    #expect(report.layers.count == model.architecture.layers.count)
    #expect(try #require(report.speed).ratio > 0 && report.speed?.cpu == "a machine")
    #expect(result.model.receipt.floatScores.first?.classes.count == 3)
    #expect(result.model.receipt.int8Scores.first?.classes.count == 3)
    #expect(try Evaluator.evaluate(Int8Predictor(result.model, threads: 2), on: set).confusion == result.int8.confusion)
    let path = try Fixtures.folder() + "/m.safetensors"
    try result.model.write(to: path)
    #expect(try Model(contentsOf: path) == result.model)
  }

  @Test func settingsThatCannotWorkAreNamed() throws {
    var settings = QuantizationSettings(threads: 1)
    settings.pictures = 0
    #expect(throws: TrainingError.setting(name: "pictures", reason: "must be at least 1, not 0")) {
      try ModelQuantization.quantize(model, calibration: set, validation: set, settings: settings)
    }
    settings.pictures = 1
    settings.methods = []
    #expect(throws: TrainingError.self) {
      try ModelQuantization.quantize(model, calibration: set, validation: set, settings: settings)
    }
  }
}

extension Weights {
  fileprivate mutating func divideInputs(of reader: Layer, from offset: Int, by factors: [Float]) {
    guard var values = self[reader.name]?.weight.values else { return }
    for start in stride(from: offset, to: values.count, by: reader.inputChannels) {
      for (c, factor) in factors.enumerated() { values[start + c] /= factor }
    }
    self[reader.name]?.weight.values = values
  }
}
