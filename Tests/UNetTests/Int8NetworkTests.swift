import Tensors
import Testing

@testable import UNet

/// Shapes that differ in stem, depth, odd and round widths, and classes.
struct NetworkCase: Sendable, CustomTestStringConvertible {
  let stem: Int
  let widths: [Int]
  var up = Upsampling.standard
  let classCount: Int
  let size: InputSize

  var testDescription: String {
    "stem \(stem), widths \(widths), up \(up.window)\(up.isRectified ? " + ReLU" : ""), \(classCount) classes at \(size)"
  }

  static let all = [
    NetworkCase(stem: 1, widths: [3], classCount: 2, size: InputSize(height: 5, width: 7)),
    NetworkCase(stem: 2, widths: [16], classCount: 13, size: InputSize(height: 6, width: 14)),
    NetworkCase(stem: 1, widths: [5, 9], classCount: 1, size: InputSize(height: 6, width: 10)),
    NetworkCase(stem: 2, widths: [8, 16, 24], classCount: 11, size: InputSize(height: 24, width: 40)),
    NetworkCase(stem: 2, widths: [24, 48], classCount: 17, size: InputSize(height: 36, width: 20)),
    NetworkCase(stem: 1, widths: [4, 6, 7, 20], classCount: 255, size: InputSize(height: 16, width: 8)),
    NetworkCase(stem: 2, widths: [4, 4, 8, 8, 12], classCount: 5, size: InputSize(height: 32, width: 64)),
    NetworkCase(
      stem: 1, widths: [6, 9, 20], up: Upsampling(window: 4, isRectified: false), classCount: 4,
      size: InputSize(height: 12, width: 20)),
    NetworkCase(
      stem: 2, widths: [24, 40], up: Upsampling(window: 4, isRectified: true), classCount: 3,
      size: InputSize(height: 12, width: 28)),
    NetworkCase(
      stem: 1, widths: [16, 32], up: Upsampling(window: 2, isRectified: true), classCount: 3,
      size: InputSize(height: 14, width: 10)),
  ]

  func model(seed: UInt64 = 1) throws -> Model {
    try quantizedModel(stem: stem, widths: widths, up: up, classCount: classCount, size: size, seed: seed)
  }
}

@Suite struct Int8NetworkTests {
  /// Given the same inputs, each layer's code is off from the float layer's value by no more than three roundings: the
  /// output's, the bias', and each weight's, which its input's code multiplies.
  @Test(arguments: NetworkCase.all) func everyLayerIsWithinItsRoundingsOfTheFloatLayer(net: NetworkCase) throws {
    let model = try net.model()
    let quantized = try #require(model.quantized)
    let weights = model.weights.folded()
    let network = try Int8Network(model, inputSize: net.size, tier: .c)
    let codes = Observed(network, randomPicture(net.size, seed: 9)).activations
    for layer in model.architecture.layers.dropLast() {
      let output = try #require(quantized.activations[layer.name])
      let real = try #require(weights[layer.name])
      let units = try #require(quantized.layers[layer.name]).scale
      let (values, steps) = try read(layer, codes, quantized, net.size)
      let expected = values.running(layer, real)
      let ones = LayerWeights(
        weight: FloatTensor(shape: layer.weightShape, values: [Float](repeating: 1, count: layer.weightCount)),
        bias: [Float](repeating: 1, count: layer.outputChannels))
      let roundings = steps.running(layer, ones)
      let got = try #require(codes[layer.name])
      var worst: Float = 0
      for (i, code) in got.enumerated() {
        let range = output.dequantize(0)...output.dequantize(255)
        let target = min(max(expected.values[i], range.lowerBound), range.upperBound)
        let bound = 0.5 * output.scale + 0.5 * units[i % units.count] * roundings.values[i]
        worst = max(worst, abs(output.dequantize(code) - target) / (1.001 * bound + 1e-5))
      }
      #expect(worst <= 1, "\(layer.name) is off by \(worst) of what its roundings explain")
      #expect(Set(got).count > 4, "\(layer.name) tells nothing")
    }
  }

  /// The real values a layer reads, and the size of the codes they came from, |q − z|.
  private func read(
    _ layer: Layer, _ codes: [String: [UInt8]], _ quantized: QuantizedWeights, _ size: InputSize
  ) throws -> (values: FloatTensor, steps: FloatTensor) {
    let sources = try layer.sources.map { source in
      let scale = try #require(quantized.activations[source.name])
      let read = try #require(codes[source.name + (source.pooled ? " pooled" : "")])
      let pixels = read.count / source.channels
      let height = (1...size.height).first { $0 * $0 * size.width == pixels * size.height } ?? 0
      let shape = [height, pixels / height, source.channels]
      return (
        FloatTensor(shape: shape, values: read.map(scale.dequantize)),
        FloatTensor(shape: shape, values: read.map { abs(Float(Int($0) - Int(scale.zeroPoint))) })
      )
    }
    guard sources.count == 2 else { return sources[0] }
    return (sources[0].0.joined(with: sources[1].0), sources[0].1.joined(with: sources[1].1))
  }

  @Test func pooledCodesAreTheLargestOfFour() throws {
    let net = NetworkCase.all[3]
    let codes = Observed(try Int8Network(net.model(), inputSize: net.size), randomPicture(net.size, seed: 4))
      .activations
    let full = FloatTensor(shape: [12, 20, 8], values: try #require(codes["down0.conv1"]).map(Float.init))
    #expect(full.pooled().values == codes["down0.conv1 pooled"]?.map(Float.init))
  }

  /// Stated bound of the whole network: on random weights, the worst case for rounding, logits are off by less than a
  /// tenth of their spread, root mean square, and nine labels of ten stay.
  @Test(arguments: NetworkCase.all) func theWholeNetworkStaysCloseToTheFloatNetwork(net: NetworkCase) throws {
    let model = try net.model()
    let picture = randomPicture(net.size, seed: 2)
    let real = FloatTensor(rgb: picture, height: net.size.height, width: net.size.width)
    let expected = try FloatNetwork(model).logits(real).values
    let network = try Int8Network(model, inputSize: net.size)
    let got = network.logits(picture)
    let mean = expected.reduce(0, +) / Float(expected.count)
    let spread = expected.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }.squareRoot()
    let error = zip(got, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    #expect(error < 0.1 * spread, "\(error / spread)")
    let same = zip(network.labels(picture), try FloatNetwork(model).labels(real)).count { $0 == $1 }
    #expect(10 * same >= 9 * network.plan.labelSize.pixels, "\(same) of \(network.plan.labelSize.pixels)")
  }

  @Test(arguments: NetworkCase.all) func everyTierAndThreadCountGivesTheSameBytes(net: NetworkCase) throws {
    let model = try net.model()
    let picture = randomPicture(net.size, seed: 3)
    let expected = Observed(try Int8Network(model, inputSize: net.size, tier: .c), picture)
    for tier in CPUTier.supported {
      for threads in 1...3 {
        let network = try Int8Network(model, inputSize: net.size, tier: tier, threads: threads)
        let got = Observed(network, picture)
        for (name, codes) in expected.activations {
          #expect(got.activations[name] == codes, "\(name) on \(tier) with \(threads) threads")
        }
        #expect(got.labels == expected.labels, "labels on \(tier) with \(threads) threads")
      }
    }
  }

  /// The arena is shared between layers, so what one picture leaves behind must not show in the next.
  @Test(arguments: NetworkCase.all) func aRunLeavesNoTraceInTheNext(net: NetworkCase) throws {
    let model = try net.model()
    let network = try Int8Network(model, inputSize: net.size, threads: 2)
    let pictures = (1...3 as ClosedRange<UInt64>).map { randomPicture(net.size, seed: $0) }
    let fresh = try pictures.map { try Int8Network(model, inputSize: net.size).labels($0) }
    for _ in 0..<2 { #expect(pictures.map { network.labels($0) } == fresh) }
  }

  @Test func labelsAreTheArgmaxOfTheLogitsInRowsOfTheCallersStride() throws {
    let net = NetworkCase.all[3]
    let network = try Int8Network(net.model(), inputSize: net.size)
    let picture = randomPicture(net.size, seed: 8)
    let logits = network.logits(picture)
    let (size, stride) = (network.plan.labelSize, network.plan.labelSize.width + 5)
    var labels = [UInt8](repeating: 200, count: size.height * stride)
    network.run(pixels: picture, stride: 4 * net.size.width, labels: &labels, labelStride: stride)
    for y in 0..<size.height {
      for x in 0..<size.width {
        let scores = logits[(y * size.width + x) * 11..<(y * size.width + x + 1) * 11]
        #expect(scores.firstIndex(of: scores.max() ?? 0) == scores.startIndex + Int(labels[y * stride + x]))
      }
      #expect(labels[y * stride + size.width..<(y + 1) * stride].allSatisfy { $0 == 200 })
    }
  }

  @Test func whatCannotRunIsRefused() throws {
    let size = InputSize(height: 16, width: 24)
    #expect(throws: ModelError.notQuantized(model: "test")) { try Int8Network(randomModel(), inputSize: size) }
    let model = try NetworkCase.all[3].model()
    #expect(throws: ModelError.inputSize(height: 4, width: 24, stride: 8)) {
      try Int8Network(model, inputSize: InputSize(height: 4, width: 24))
    }
    for tier in CPUTier.allCases where !tier.isSupported {
      #expect(throws: ModelError.tier(tier.rawValue)) { try Int8Network(model, inputSize: size, tier: tier) }
    }
  }

  @Test func aQuantisedModelComesBackAsItWasWritten() throws {
    let model = try NetworkCase.all[3].model()
    #expect(try Model(file: model.file(), path: "m") == model)
  }

  @Test func aPlanSaysWhatItDoes() throws {
    let net = NetworkCase.all[3]
    let plan = try Int8Plan(net.model(), inputSize: net.size, tier: .c)
    let layers = plan.layers(threads: 2)
    #expect(layers.map(\.name) == plan.architecture.layers.map(\.name))
    #expect(layers.reduce(0) { $0 + $1.macs } == plan.macs)
    #expect(layers[2].kernel == "ck_conv3x3_u8s8_c" && layers[2].fused == ["relu", "max-pool"])
    #expect(layers[2].shape == [12, 20, 8] && layers[2].split.unit % 2 == 0)
    #expect(layers.allSatisfy { $0.split.pieces * $0.split.unit >= $0.split.rows })
    let memory = plan.memory
    #expect(memory.lowerBoundBytes <= memory.arenaBytes && memory.arenaBytes < memory.unsharedBytes)
    #expect(memory.weightBytes == layers.reduce(0) { $0 + $1.weightBytes })
    let times = Int8Network(plan: plan).layerTimes(runs: 3)
    #expect(times.map(\.name) == layers.map(\.name) && times.allSatisfy { $0.milliseconds > 0 })
  }
}

extension Int8Network {
  fileprivate convenience init(plan: Int8Plan) { self.init(plan, pool: WorkerPool(threads: 1)) }
}

extension FloatTensor {
  /// One layer, two sources joined already.
  func running(_ layer: Layer, _ weights: LayerWeights) -> FloatTensor {
    switch layer.kind {
    case .conv3x3(let stride): convolved(weights.weight, weights.bias ?? [], stride: stride).rectified()
    case .transpose(let up):
      up.isRectified
        ? transposeConvolved(weights.weight, weights.bias ?? []).rectified()
        : transposeConvolved(weights.weight, weights.bias ?? [])
    case .head1x1: convolved(weights.weight, weights.bias ?? [], stride: 1)
    }
  }
}
