import Tensors
import Testing

@testable import UNet

@Suite struct WinogradTests {
  /// The case's model with every layer that can be transformed in the transform domain, calibrated on three pictures.
  private func model(_ net: NetworkCase, outside: Double = 0) throws -> Model {
    let direct = try net.model()
    let quantized = try #require(direct.quantized)
    var ranges = WinogradRanges(direct.architecture, quantized)
    let network = try Int8Network(direct, inputSize: net.size)
    for seed in 1...3 as ClosedRange<UInt64> {
      network.write(randomPicture(net.size, seed: seed))
      ranges.include(network)
    }
    return try direct.with(
      quantized: Quantizer.quantize(
        direct.architecture, weights: direct.weights, quantized, winograd: ranges.scales(outside: outside)))
  }

  @Test(arguments: NetworkCase.all) func everyTierAndThreadCountGivesTheSameBytes(net: NetworkCase) throws {
    let model = try model(net)
    #expect(model.transformedLayers == model.architecture.layers.filter(WinogradScales.fits).map(\.name))
    let picture = randomPicture(net.size, seed: 5)
    let expected = Observed(try Int8Network(model, inputSize: net.size, tier: .c), picture)
    for tier in CPUTier.supported {
      for threads in [1, 3] {
        let got = Observed(try Int8Network(model, inputSize: net.size, tier: tier, threads: threads), picture)
        #expect(got == expected, "\(tier) with \(threads) threads")
      }
    }
  }

  /// Stated bound: on random weights, logits are off from the float network's by less than 15 % of their spread, root mean
  /// square; direct layers stay below 10 %.
  @Test(arguments: NetworkCase.all) func theWholeNetworkStaysCloseToTheFloatNetwork(net: NetworkCase) throws {
    let model = try model(net)
    let picture = randomPicture(net.size, seed: 2)
    let real = FloatTensor(rgb: picture, height: net.size.height, width: net.size.width)
    let expected = try FloatNetwork(model).logits(real).values
    let got = try Int8Network(model, inputSize: net.size).logits(picture)
    let mean = expected.reduce(0, +) / Float(expected.count)
    let spread = expected.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }.squareRoot()
    let error = zip(got, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    #expect(error < 0.15 * spread, "\(error / spread)")
  }

  /// Given the same codes, a transformed layer is off from the float layer by what the roundings of its values, its weights
  /// and its output explain: half a unit of each of 16 taps, times what it meets.
  @Test func aLayerIsWithinItsRoundingsOfTheFloatLayer() throws {
    let net = NetworkCase.all[3]
    let model = try model(net)
    let quantized = try #require(model.quantized)
    let network = try Int8Network(model, inputSize: net.size, tier: .c)
    let codes = Observed(network, randomPicture(net.size, seed: 1)).activations  // one of the calibration's
    let layer = try #require(model.architecture.layer(named: "down1.conv1"))
    let (source, output) = (layer.sources[0].name, try #require(quantized.activations[layer.name]))
    let input = try #require(quantized.activations[source])
    let values = FloatTensor(shape: [6, 10, 16], values: try #require(codes[source]).map(input.dequantize))
    let expected = values.running(layer, try #require(model.weights[layer.name]).folded())
    let integers = try #require(quantized.layers[layer.name])
    let perChannel = integers.weight.count / layer.outputChannels
    let bounds = (0..<layer.outputChannels).map { channel in
      let weights = integers.weight[channel * perChannel..<(channel + 1) * perChannel]
      let roundings = weights.reduce(Float(perChannel) * 128 / 2) { $0 + abs(Float($1)) / 2 }
      return integers.scale[channel] * roundings + output.scale / 2
    }
    var squares: Float = 0
    let got = try #require(codes[layer.name])
    for at in got.indices {
      let o = at % 16
      let real = min(max(expected.values[at], 0), output.dequantize(255))
      let error = abs(output.dequantize(got[at]) - real)
      #expect(error <= bounds[o], "place \(at)")
      squares += error * error
    }
    let typical = (squares / Float(got.count)).squareRoot()
    #expect(typical < 3 * output.scale, "\(typical / output.scale) codes")
  }

  @Test func theFileKeepsTheChoice() throws {
    let model = try model(NetworkCase.all[3])
    #expect(try Model(file: model.file(), path: "m") == model)
    let plan = try Int8Plan(model, inputSize: NetworkCase.all[3].size, tier: .c)
    let layers = plan.layers(threads: 1)
    #expect(layers.first { $0.name == "up0.conv0" }?.kernel == "ck_winograd3x3_u8s8_c")
    #expect(layers.first { $0.name == "stem" }?.kernel == "ck_conv3x3_stride2_u8s8_c")
  }

  @Test func theDirectFormIsWhatItWasMadeFrom() throws {
    let net = NetworkCase.all[3]
    #expect(try Quantizer.directForm(of: model(net)) == net.model().quantized)
  }

  /// A bias that was corrected after the transformation is that of the direct form too, to the nearest unit.
  @Test func theDirectFormKeepsCorrectedBiases() throws {
    let net = NetworkCase.all[3]
    let model = try model(net)
    let layer = try #require(model.architecture.layer(named: "up0.conv0"))
    let shift = (0..<layer.outputChannels).map { Float($0) / 50 }
    let corrected = try model.with(quantized: model.quantized?.shiftingBias(of: layer, by: shift))
    let direct = try #require(try Quantizer.directForm(of: corrected)?.layers[layer.name])
    let plain = try #require(try net.model().quantized?.layers[layer.name])
    let units = try #require(model.quantized?.layers[layer.name]?.scale)
    for (c, moved) in shift.enumerated() {
      let real = Float(direct.bias[c] - plain.bias[c]) * plain.scale[c]
      #expect(abs(real - moved) <= units[c] + plain.scale[c], "channel \(c)")
    }
  }

  @Test func scalesThatNoLayerCanHaveAreRefused() throws {
    let model = try model(NetworkCase.all[0])  // down0.conv0 and down0.conv1
    let one = String(repeating: "9,", count: 15)
    let wrong: [(key: String, value: Any?)] = [
      ("version", "1"), ("winograd", nil), ("winograd", "{}"), ("winograd", #"{"down0.conv0":[]}"#),
      ("winograd", #"{"down0.conv0":[["# + one + #"9]]}"#), ("activations", nil),
      ("winograd", #"{"down0.conv0":[["# + one + #"9]],"down0.conv1":[["# + one + #"0]]}"#),
      ("winograd", #"{"down0.conv0":[["# + one + #"9]],"down0.conv1":[["# + one + #"40000]]}"#),
      ("winograd", #"{"down0.conv0":[["# + one + #"9]],"down0.conv1":[["# + one + #"9]],"x":[]}"#),
      ("winograd", #"{"down0.conv0":[["# + one + #"9]],"down0.conv1":[["# + one + #"9]],"head":[["# + one + #"9]]}"#),
    ]
    for (key, value) in wrong {
      let file = try spoiled(model) { $0.edit("__metadata__") { $0[key] = value } }
      #expect(throws: ModelError.self, "\(key) \(String(describing: value).prefix(60))") {
        try Model(file: file, path: "m")
      }
    }
  }
}
