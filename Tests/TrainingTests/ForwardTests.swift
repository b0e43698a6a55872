// Training's forward pass against the plain reference.
import Frames
import Testing
import UNet

@testable import Training

@Suite struct ForwardTests {
  @Test(arguments: [(1, [8]), (1, [8, 24]), (2, [8, 16, 24])])
  func logitsEqualTheReferenceNetworks(stem: Int, widths: [Int]) throws {
    try checkLogits(Fixtures.architecture(stem: stem, widths: widths))
  }

  @Test(arguments: [(2, true), (4, false), (4, true)])
  func logitsOfOtherWaysUpEqualTheReferenceNetworks(window: Int, isRectified: Bool) throws {
    let up = Upsampling(window: window, isRectified: isRectified)
    try checkLogits(Architecture(stem: 2, widths: [8, 16, 24], up: up, classes: Fixtures.classes))
  }

  private func checkLogits(_ architecture: Architecture) throws {
    let model = try Fixtures.model(architecture)
    let picture = try Self.picture(InputSize(height: 2 * architecture.stride, width: 5 * architecture.stride))
    let network = try FloatPredictor(model, threads: 2).run(picture)
    let expected = try FloatNetwork(model).logits(
      FloatTensor(rgb: picture.rgb, height: picture.input.height, width: picture.input.width, bytesPerPixel: 3))
    let logits = network.head.logits
    #expect(expected.values.count == logits.shape.pixels * logits.shape.c)
    for (i, value) in expected.values.enumerated() { #expect(abs(logits.base[i] - value) < 1e-4) }
  }

  @Test func weightsSurviveTheWayThroughTheLayout() throws {
    for up in [Upsampling.standard, Upsampling(window: 4, isRectified: true)] {
      try checkLayout(Architecture(stem: 2, widths: [8, 16, 24], up: up, classes: Fixtures.classes))
    }
  }

  private func checkLayout(_ architecture: Architecture) throws {
    let weights = Fixtures.weights(architecture)
    let size = InputSize(height: architecture.stride, width: architecture.stride)
    let network = try TrainingNetwork(architecture, batch: 1, size: size, wantsGradient: false)
    let values = FloatBuffer(count: network.layout.count)
    try network.layout.load(weights, into: values.data)
    #expect(network.layout.weights(from: values.data) == weights)
  }

  @Test func aFoldedModelGivesTheSameLogits() throws {
    let architecture = try Fixtures.architecture()
    let model = try Fixtures.model(architecture)
    let folded = try model.with(weights: model.weights.folded(), quantized: nil)
    let picture = try Self.picture(InputSize(height: 16, width: 24))
    let a = try FloatPredictor(model, threads: 1).run(picture).head.logits
    let b = try FloatPredictor(folded, threads: 1).run(picture).head.logits
    for i in 0..<(a.shape.pixels * a.shape.c) { #expect(abs(a.base[i] - b.base[i]) < 1e-4) }
  }

  @Test func aWidthThatIsNoMultipleOfEightIsRefused() throws {
    let architecture = try Fixtures.architecture(widths: [8, 12])
    #expect(throws: TrainingError.self) {
      try TrainingNetwork(architecture, batch: 1, size: InputSize(height: 16, width: 16), wantsGradient: false)
    }
  }

  @Test func integersAgreeWithFloatsOnNearlyAllPixels() throws {
    let architecture = try Fixtures.architecture()
    let source = ToySource(width: 96, height: 64)
    let set = try EvaluationSet(source, architecture: architecture)
    let model = try Fixtures.model(architecture)
    let ranges = try ActivationStatistics(model, on: set, pictures: 4, threads: 2).ranges(.standard)
    let quantized = try model.with(
      quantized: try Quantizer.quantize(architecture, weights: model.weights, ranges: ranges))
    let (float, int8) = (try FloatPredictor(model, threads: 2), try Int8Predictor(quantized, threads: 2))
    let picture = try set.picture(at: 7)
    let (a, b) = (try float.predict(picture), try int8.predict(picture))
    #expect((a.width, a.height) == (b.width, b.height))
    let same = zip(a.buffer, b.buffer).count { $0 == $1 }
    #expect(Double(same) > 0.95 * Double(a.count))
  }

  static func picture(_ size: InputSize) throws -> EvaluationPicture {
    var random = SeededRandom(seed: 11)
    return EvaluationPicture(
      rgb: (0..<(3 * size.pixels)).map { _ in UInt8.random(in: 0...255, using: &random) }, input: size,
      width: size.width, height: size.height, labels: [UInt8](repeating: 0, count: size.pixels), name: "noise")
  }
}
