import Testing

@testable import UNet

@Suite struct FloatNetworkTests {
  /// A 2×2 picture through one level: both convolutions pass the red channel on, scaled, and the head takes it apart.
  @Test func aNetworkOfOneChannelIsTheOneWorkedByHand() throws {
    let net = try Architecture(stem: 1, widths: [1], classes: classes(2))
    var first = FloatTensor(zeros: [1, 3, 3, 3])
    first.values[(1 * 3 + 1) * 3] = 2  // the centre, red
    first.values[(1 * 3 + 0) * 3 + 1] = 1  // the pixel to the left, green
    var second = FloatTensor(zeros: [1, 3, 3, 1])
    second.values = [0, 0, 0, 0, 1, 0, 0, -1, 0]  // the centre less the pixel below
    let weights = Weights(layers: [
      "down0.conv0": LayerWeights(weight: first, bias: [-0.5]),
      "down0.conv1": LayerWeights(weight: second, bias: [0.25]),
      "head": LayerWeights(weight: FloatTensor(shape: [2, 1, 1, 1], values: [1, -1]), bias: [0, 1]),
    ])
    let picture = FloatTensor(shape: [2, 2, 3], values: [1, 0.5, 9, 0.5, 0, 9, 0, 1, 9, 0.25, 0, 9])
    var seen: [String: [Float]] = [:]
    let logits = try FloatNetwork(architecture: net, weights: weights).logits(picture) { seen[$0] = $1.values }
    // Row 0: 2·1 − 0.5 = 1.5; 2·0.5 + 0.5 − 0.5 = 1. Row 1: −0.5 → 0; 0.5 + 1 − 0.5 = 1.
    #expect(seen["down0.conv0"] == [1.5, 1, 0, 1])
    // 1.5 − 0 + 0.25; 1 − 1 + 0.25; 0 + 0.25; 1 + 0.25.
    #expect(seen["down0.conv1"] == [1.75, 0.25, 0.25, 1.25])
    #expect(logits.values == [1.75, -0.75, 0.25, 0.75, 0.25, 0.75, 1.25, -0.25])
    #expect(try FloatNetwork(architecture: net, weights: weights).labels(picture) == [0, 1, 1, 0])
  }

  @Test func strideTwoReadsTheRowAbove() {
    let picture = FloatTensor(shape: [2, 4, 1], values: [1, 2, 3, 4, 5, 6, 7, 8])
    let ones = FloatTensor(shape: [1, 3, 3, 1], values: [Float](repeating: 1, count: 9))
    // Output (0, 0) sees rows −1…1 and columns −1…1, output (0, 1) columns 1…3.
    let expected: [Float] = [1 + 2 + 5 + 6, 2 + 3 + 4 + 6 + 7 + 8]
    #expect(picture.convolved(ones, [0], stride: 2).values == expected)
  }

  @Test func transposedConvolutionPutsEachTapInItsPlace() {
    let picture = FloatTensor(shape: [1, 2, 2], values: [1, 10, 2, 20])
    let weight = FloatTensor(shape: [1, 2, 2, 2], values: [1, 0, 0, 1, 2, 0, 0, 2])
    #expect(picture.transposeConvolved(weight, [0.5]).values == [1.5, 10.5, 2.5, 20.5, 2.5, 20.5, 4.5, 40.5])
  }

  /// One pixel spreads over the window, which begins one pixel above and to the left of its place.
  @Test func aWindowOfFourOverlapsItsNeighbours() {
    let weight = FloatTensor(shape: [1, 4, 4, 1], values: (0..<16).map { Float($0 + 1) })
    let alone = FloatTensor(shape: [1, 1, 1], values: [10]).transposeConvolved(weight, [0.5])
    #expect(alone.values == [60.5, 70.5, 100.5, 110.5])
    let pair = FloatTensor(shape: [1, 2, 1], values: [1, 100]).transposeConvolved(weight, [0])
    let expected: [Float] = [6, 507, 608, 700, 10, 911, 1012, 1100]
    #expect(pair.values == expected)
  }

  @Test func poolingTakesTheLargestOfFour() {
    let picture = FloatTensor(shape: [2, 2, 2], values: [1, -1, 4, -5, 2, -3, 3, -2])
    #expect(picture.pooled() == FloatTensor(shape: [1, 1, 2], values: [4, -1]))
  }

  @Test func foldedNormsGiveTheSameLogits() throws {
    let model = try randomModel(stem: 2, widths: [4, 6, 8], seed: 5)
    let folded = model.weights.folded()
    #expect(!model.weights.isFolded && folded.isFolded)
    let layer = try #require(model.weights["stem"])
    let norm = try #require(layer.norm)
    // y = scale · (x − mean) / √(variance + ε) + shift, for x = Σ w.
    let sum = layer.weight.values[0..<27].reduce(0, +)
    let expected = norm.scale[0] * (sum - norm.mean[0]) / (norm.variance[0] + 1e-3).squareRoot() + norm.shift[0]
    let got = try #require(folded["stem"])
    #expect(abs(got.weight.values[0..<27].reduce(got.bias?[0] ?? 0, +) - expected) < 1e-4)
  }

  @Test func sizesOffTheStrideAreRefused() throws {
    let network = FloatNetwork(try randomModel(stem: 2, widths: [4, 4]))
    #expect(throws: ModelError.inputSize(height: 6, width: 8, stride: 4)) {
      try network.logits(FloatTensor(zeros: [6, 8, 3]))
    }
  }
}
