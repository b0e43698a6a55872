// Training with roundings against the integers it prepares for.
import Foundation
import Frames
import Settings
import Tensors
import Testing
import UNet

@testable import Training

@Suite struct QuantizationAwarenessTests {
  /// A folded model, a network for it on one picture, and the ranges of its activations.
  private struct Bench {
    let model: Model
    let set: EvaluationSet
    let network: TrainingNetwork
    let values, gradients: FloatBuffer
    let workers = Workers(threads: 1)

    init(up: Upsampling = .standard) throws {
      let architecture = try Architecture(stem: 2, widths: [8, 16], up: up, classes: Fixtures.classes)
      let whole = try Fixtures.model(architecture)
      model = try whole.with(weights: whole.weights.folded(), quantized: nil)
      set = try EvaluationSet(ToySource(width: 96, height: 64), architecture: architecture)
      network = try TrainingNetwork(
        architecture, batch: 1, size: InputSize(height: 64, width: 96), wantsGradient: true)
      (values, gradients) = (FloatBuffer(count: network.layout.count), FloatBuffer(count: network.layout.count))
      try network.layout.load(model.weights, into: values.data)
    }

    func awareness(_ method: CalibrationMethod) throws -> QuantizationAwareness {
      let ranges = try ActivationStatistics(model, on: set, pictures: 4, threads: 1).ranges(method)
      return try QuantizationAwareness(model.architecture, network.layout, ranges: ranges)
    }

    func pass(_ parameters: UnsafeMutablePointer<Float>) -> Pass {
      Pass(workers: workers, parameters: parameters, gradients: gradients.data, usesBatchStatistics: false)
    }

    func show(_ picture: EvaluationPicture) {
      for y in 0..<64 {
        let row = network.input.value.row(0, y)
        for i in 0..<(3 * 96) { row[i] = Float(picture.rgb[3 * 96 * y + i]) / 255 }
      }
    }
  }

  /// The simulation is the integer network but for ties that floats round the other way: 99.9 % of labels agree, where the
  /// float network itself agrees on fewer.
  @Test(arguments: [Upsampling.standard, Upsampling(window: 4, isRectified: true)])
  func theRoundedForwardPassGivesTheIntegersLabels(up: Upsampling) throws {
    let bench = try Bench(up: up)
    let awareness = try bench.awareness(.percentile(outside: 0.01))
    let quantized = try bench.model.with(quantized: awareness.quantized(bench.model.weights))
    let int8 = try Int8Predictor(quantized, threads: 1)
    let float = try FloatPredictor(bench.model, threads: 1)
    let pass = bench.pass(awareness.round(bench.values, workers: bench.workers))
    var (same, asFloat, pixels) = (0, 0, 0)
    for index in 0..<bench.set.count {
      let picture = try bench.set.picture(at: index)
      bench.show(picture)
      awareness.forward(bench.network, pass)
      let expected = try int8.predict(picture)
      same += equal(bench.network.labels(of: 0), expected)
      asFloat += equal(try float.predict(picture), expected)
      pixels += expected.count
    }
    #expect(Double(same) >= 0.999 * Double(pixels), "\(pixels - same) of \(pixels) differ")
    #expect(asFloat < same, "the roundings change nothing: \(asFloat)")
  }

  private func equal(_ a: LabelMap, _ b: LabelMap) -> Int { (0..<a.count).count { a.labels[$0] == b.labels[$0] } }

  /// With a range of a tenth of what occurs, what lies beyond gets no gradient, what lies inside keeps it.
  @Test func clippedValuesGetNoGradient() throws {
    let bench = try Bench()
    var ranges = try ActivationStatistics(bench.model, on: bench.set, pictures: 4, threads: 1).ranges(.minMax)
    let limit = (ranges["up0.conv1"]?.upperBound ?? 1) / 10
    ranges["up0.conv1"] = 0...limit
    let awareness = try QuantizationAwareness(bench.model.architecture, bench.network.layout, ranges: ranges)
    bench.show(try bench.set.picture(at: 0))
    let pass = bench.pass(awareness.round(bench.values, workers: bench.workers))
    awareness.forward(bench.network, pass)
    let block = try #require(bench.network.layers.first { $0.name == "up0.conv1" } as? ConvolutionBlock)
    let codes = Array(UnsafeBufferPointer(start: block.output.value.row(0, 5), count: 48 * 8))
    #expect(codes.max() ?? 0 <= limit * 1.001 && codes.contains { $0 > 0.999 * limit })
    let gradient = try #require(bench.network.head.gradient)
    for i in 0..<(gradient.shape.pixels * gradient.shape.c) { gradient.base[i] = Float(i % 7) - 3 }
    var slopes: [Float] = []
    bench.network.backward(pass) { layer in
      guard layer.name == "up0.conv1", let row = block.output.gradient?.row(5) else { return }
      let before = Array(UnsafeBufferPointer(start: row, count: 48 * 8))
      awareness.clip(layer, workers: bench.workers)
      slopes = Array(UnsafeBufferPointer(start: row, count: 48 * 8))
      #expect(zip(before, slopes).allSatisfy { $0 == $1 || $1 == 0 })
    }
    for (code, slope) in zip(codes, slopes) {
      if code > 0, code < 0.99 * limit { #expect(slope != 0) }
    }
    #expect(zip(codes, slopes).contains { $0 > 0.999 * limit && $1 == 0 })
  }

  @Test func theNormsKeepDoingNothing() throws {
    let bench = try Bench()
    let awareness = try bench.awareness(.minMax)
    bench.show(try bench.set.picture(at: 1))
    let pass = bench.pass(awareness.round(bench.values, workers: bench.workers))
    awareness.forward(bench.network, pass)
    let gradient = try #require(bench.network.head.gradient)
    for i in 0..<(gradient.shape.pixels * gradient.shape.c) { gradient.base[i] = Float(i % 5) - 2 }
    awareness.backward(bench.network, pass)
    let layout = bench.network.layout
    let scale = try #require(layout["stem.norm.scale"])
    let (weight, shift) = (try #require(layout["stem.weight"]), try #require(layout["stem.norm.shift"]))
    #expect(scale.range.allSatisfy { bench.gradients.data[$0] == 0 })
    #expect(weight.range.contains { bench.gradients.data[$0] != 0 })
    #expect(shift.range.contains { bench.gradients.data[$0] != 0 })
  }
}

@Suite struct QuantizationAwareTrainingTests {
  /// Fine-tuning with roundings: the file has the integers that were measured, and resuming goes on with the same ranges.
  @Test func aRunWithRoundingsGivesTheIntegersItMeasured() throws {
    let folder = try Fixtures.folder()
    let initial = try Fixtures.model(try Fixtures.architecture())
    let trainer = try Trainer(
      configuration(folder, steps: 20), sources: [ToySource()], validation: ToySource(count: 3), initial: initial)
    var losses: [Double] = []
    let summary = try trainer.run { event in
      if case .step(let report) = event { losses.append(report.loss) }
      return losses.count < 15
    }
    #expect(summary.end == .interrupted)
    let ranges = try #require(trainer.state.ranges)
    let resumed = try Trainer(
      configuration(folder, steps: 20), sources: [ToySource()], validation: ToySource(count: 3), initial: initial)
    try resumed.resume()
    let end = try resumed.run { event in
      if case .step(let report) = event { losses.append(report.loss) }
      return true
    }
    #expect(resumed.state.ranges == ranges && losses.count == 20)
    #expect(end.hasIntegers)
    #expect(losses.suffix(5).reduce(0, +) < losses.prefix(5).reduce(0, +), "\(losses)")
    let model = try Model(contentsOf: end.modelPath)
    let set = try EvaluationSet(ToySource(count: 3), architecture: model.architecture)
    let int8 = try Evaluator.evaluate(try Int8Predictor(model, threads: 1), on: set)
    #expect(model.weights.isFolded && model.receipt.int8Scores.first?.meanIoU == int8.meanIoU)
    #expect(int8.meanIoU == end.bestMeanIoU)
    var settings = QuantizationSettings(threads: 1)
    (settings.triesOwnIntegers, settings.pictures, settings.sensitivityPictures) = (true, 4, 0)
    let result = try ModelQuantization.quantize(model, calibration: set, validation: set, settings: settings)
    #expect(result.report.trials.first?.name == "trained with roundings")
    #expect(result.report.trials.first?.meanIoU == int8.meanIoU)
  }

  @Test func aRunWithoutRoundingsDoesNotGoOnWithThem() throws {
    var settings = try configuration(try Fixtures.folder(), steps: 2)
    settings.isQuantizationAware = false
    settings.recipe.precision = .float
    _ = try Trainer(settings, sources: [ToySource()], validation: nil).run { _ in true }
    settings.isQuantizationAware = true
    let rounded = try Trainer(settings, sources: [ToySource()], validation: nil)
    let error = #expect(throws: TrainingError.self) { try rounded.resume() }
    #expect("\(error as Any)".contains("without roundings"))
  }

  private func configuration(_ folder: String, steps: Int) throws -> TrainerConfiguration {
    var made = TrainerConfiguration(architecture: try Fixtures.architecture(), output: folder + "/toy.safetensors")
    made.isQuantizationAware = true
    made.recipe.length = .steps(steps)
    made.recipe.batch = 4
    made.recipe.size = PictureExtent(width: 48, height: 32)
    (made.recipe.optimizer.rate, made.recipe.optimizer.warmup, made.recipe.optimizer.average) = (3e-3, 2, 0.8)
    (made.recipe.network.widths, made.recipe.evaluation.every) = (made.architecture.widths, 1000)
    return made
  }
}
