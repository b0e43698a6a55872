import Tensors
import Testing

@testable import UNet

@Suite struct QuantizerTests {
  /// Two sources of scales 0.1 and 0.4: the second's largest product, 0.25 · 0.4, is the channel's largest.
  @Test func twoSourcesShareOneUnit() throws {
    let net = try Architecture(stem: 1, widths: [1, 1], classes: classes(2))
    var centre = [Float](repeating: 0, count: 18)
    (centre[8], centre[9]) = (0.5, 0.25)
    var weights = randomWeights(net, seed: 3).folded()
    weights["up0.conv0"] = LayerWeights(
      weight: FloatTensor(
        shape: [1, 3, 3, 2], values: centre),
      bias: [1])
    var ranges = fullRanges(net)
    ranges["down0.conv1"] = 0...25.5
    ranges["up0.transpose"] = -51...51
    let quantized = try Quantizer.quantize(net, weights: weights, ranges: ranges)
    let up = try #require(quantized.activations["up0.transpose"])
    #expect(abs(up.scale - 0.4) < 1e-6 && up.zeroPoint == 128)  // 127.5 rounds to even
    let layer = try #require(quantized.layers["up0.conv0"])
    let unit = Float(0.25 * 0.4 / 127)
    #expect(abs(layer.scale[0] - unit) < 1e-9)
    #expect(Array(layer.weight[8...9]) == [64, 127])  // 0.5 · 0.1 / unit = 63.5 rounds to even
    #expect(layer.bias[0] == Int32((1 / unit).rounded()) - 128 * 127)
    let output = try #require(quantized.activations["up0.conv0"])
    #expect(layer.multiplier[0] == layer.scale[0] / output.scale)
  }

  @Test func zeroIsAlwaysACodeOfItsOwn() throws {
    let net = try Architecture(stem: 1, widths: [2, 2], classes: classes(2))
    for (range, zeroPoint) in [(3...5, 0), (-5...(-3), 255), (-1...3, 64), (0...0, 0)] as [(ClosedRange<Float>, UInt8)]
    {
      var ranges = fullRanges(net)
      ranges["up0.transpose"] = range
      #expect(try Quantizer.scales(net, ranges)["up0.transpose"]?.zeroPoint == zeroPoint)
    }
  }

  @Test func aChannelWithoutWeightsKeepsItsBias() throws {
    let net = try Architecture(stem: 1, widths: [1], classes: classes(2))
    var weights = randomWeights(net, seed: 3).folded()
    weights["head"] = LayerWeights(weight: FloatTensor(zeros: [2, 1, 1, 1]), bias: [-3, 7])
    let head = try #require(Quantizer.quantize(net, weights: weights, ranges: fullRanges(net)).layers["head"])
    let scores: [Float] = zip(head.bias, head.scale).map { Float($0) * $1 }
    #expect(abs(scores[0] + 3) < 1e-5)
    #expect(abs(scores[1] - 7) < 1e-5)
  }

  @Test func aLayerThatWasNeverSeenIsNamed() throws {
    let net = try Architecture(stem: 1, widths: [1], classes: classes(2))
    var ranges = fullRanges(net)
    ranges["down0.conv1"] = nil
    #expect(throws: ModelError.quantization(name: "down0.conv1", reason: "its activation range was not measured")) {
      try Quantizer.quantize(net, weights: randomWeights(net, seed: 1), ranges: ranges)
    }
  }

  @Test func numbersThatLeaveTheFloatsAreRefused() throws {
    let net = try Architecture(stem: 1, widths: [1], classes: classes(2))
    var weights = randomWeights(net, seed: 3)
    weights["down0.conv0"]?.norm?.scale = [3e38]
    weights["down0.conv0"]?.norm?.variance = [0]
    #expect(throws: ModelError.self) { try Quantizer.quantize(net, weights: weights, ranges: fullRanges(net)) }
    var ranges = fullRanges(net)
    ranges["down0.conv0"] = 0...Float.infinity
    #expect(throws: ModelError.self) {
      try Quantizer.quantize(net, weights: randomWeights(net, seed: 1), ranges: ranges)
    }
    ranges["down0.conv0"] = 0...Float.greatestFiniteMagnitude
    weights = randomWeights(net, seed: 3).folded()
    weights["down0.conv1"]?.weight.values[0] = 1e38
    #expect(throws: ModelError.self) { try Quantizer.quantize(net, weights: weights, ranges: ranges) }
  }

  @Test func rangesWidenAndSkipWhatIsNoNumber() {
    var ranges = ActivationRanges()
    for values in [[1, Float.nan], [-2, 0.5], [.infinity]] as [[Float]] {
      values.withUnsafeBufferPointer { ranges.include($0, of: "stem") }
    }
    #expect(ranges["stem"] == -2...1)
  }
}

func fullRanges(_ net: Architecture) -> ActivationRanges {
  var ranges = ActivationRanges()
  for layer in net.layers.dropLast() { ranges[layer.name] = -2...2 }
  return ranges
}
