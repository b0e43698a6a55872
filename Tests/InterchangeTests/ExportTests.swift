// What an export computes, and what its file says.
import Foundation
import Tensors
import Testing
import UNet

@testable import Interchange

@Suite struct ExportTests {
  static let size = InputSize(height: 24, width: 32)

  static let ups = [2, 4].flatMap { window in
    [true, false].map { Upsampling(window: window, isRectified: $0) }
  }

  @Test(arguments: [1, 2], ups)
  func floatExportGivesTheNetworksLogits(stem: Int, up: Upsampling) throws {
    let model = try randomModel(stem: stem, up: up, size: Self.size)
    let picture = randomPicture(Self.size, seed: 9)
    let export = try ONNXExport(model, precision: .float, size: .fixed(Self.size), toolVersion: "1")
    let run = try Interpreter(export.proto.graph, input: Value(picture: picture, Self.size))
    let expected = try FloatNetwork(model).logits(
      FloatTensor(rgb: picture, height: Self.size.height, width: Self.size.width))
    let (height, width, classes) = (expected.shape[0], expected.shape[1], expected.shape[2])
    #expect(run.output.shape == [1, classes, height, width])
    let largest = expected.values.reduce(0) { max($0, abs($1)) }
    for (index, logit) in expected.values.enumerated() {
      let place = index % classes * height * width + index / classes
      #expect(abs(run.output.numbers[place] - Double(logit)) <= 1e-4 * Double(largest))
    }
  }

  @Test(arguments: [(1, [7]), (1, [6, 10, 9]), (2, [6, 10, 9]), (2, [20, 33])], ups)
  func int8ExportGivesTheNetworksCodesAndLabels(_ shape: (stem: Int, widths: [Int]), up: Upsampling) throws {
    let model = try randomModel(stem: shape.stem, widths: shape.widths, up: up, size: Self.size)
    let picture = randomPicture(Self.size, seed: 9)
    let export = try ONNXExport(model, precision: .int8, size: .fixed(Self.size), toolVersion: "1")
    let run = try Interpreter(export.proto.graph, input: Value(picture: picture, Self.size))
    let labels = try Int8Network(model, inputSize: Self.size).labels(picture) { name, codes in
      guard let layer = model.architecture.layer(named: name), let value = run.values[name + ".u8"] else { return }
      expectEqual(value, codes, layer)
    }
    let same = zip(labels, run.output.labels).count { $0 == $1 }
    #expect(Double(same) >= 0.995 * Double(labels.count), "\(same) of \(labels.count)")
  }

  /// Codes are equal but for ties of rounding, which single and double precision may see differently.
  private func expectEqual(_ value: Value, _ codes: [UInt8], _ layer: Layer) {
    let (channels, pixels) = (layer.outputChannels, codes.count / layer.outputChannels)
    let differences = codes.indices.map {
      abs(Double(codes[$0]) - value.numbers[$0 % channels * pixels + $0 / channels])
    }
    #expect(differences.allSatisfy { $0 <= 1 }, "\(layer.name)")
    #expect(Double(differences.count { $0 > 0 }) <= 0.01 * Double(codes.count), "\(layer.name)")
  }

  @Test func anyOtherSizeRunsThroughADynamicExport() throws {
    let model = try randomModel(size: Self.size)
    let other = InputSize(height: 16, width: 48)
    for precision in ONNXExport.Precision.allCases {
      let export = try ONNXExport(model, precision: precision, size: .dynamic, toolVersion: "1")
      let input = Value(picture: randomPicture(other, seed: 3), other)
      #expect(try Interpreter(export.proto.graph, input: input).output.shape == [1, 4, 8, 24])
      let dimensions = export.proto.graph.input[0].type.tensorType.shape.dim
      #expect(dimensions[2...].map(\.dimParam) == ["height", "width"])
    }
  }

  @Test func fileSaysWhatItHoldsAndWhereFrom() throws {
    let model = try randomModel(size: Self.size)
    try withTemporaryFolder { folder in
      let export = try ONNXExport(model, precision: .int8, size: .fixed(Self.size), toolVersion: "1.2")
      let bytes = try export.write(to: folder + "/a.onnx")
      #expect(try Data(contentsOf: URL(filePath: folder + "/a.onnx")).count == bytes)
      let proto = try ModelProto(contentsOf: folder + "/a.onnx")
      let metadata = Dictionary(uniqueKeysWithValues: proto.metadataProps.map { ($0.key, $0.value) })
      #expect(metadata["name"] == "test")
      #expect(metadata["precision"] == "int8")
      #expect(metadata["verge_version"] == "1.2")
      #expect(metadata["data_licenses"] == "made:: CC0")
      #expect(metadata["names"] == #"["class 0","class 1","class 2","class 3"]"#)
      #expect(metadata["palette"] == ##"["#00c810","#01c810","#02c810","#03c810"]"##)
      #expect(proto.opsetImport.map(\.version) == [17])
      #expect(proto.graph.input[0].type.tensorType.shape.dim.map(\.dimValue) == [1, 3, 24, 32])
      #expect(proto.graph.output[0].type.tensorType.shape.dim.map(\.dimValue) == [1, 4, 12, 16])
    }
  }

  @Test func everyConvolutionOfAnInt8ExportReadsIntegers() throws {
    let model = try randomModel(size: Self.size)
    let graph = try ONNXExport(model, precision: .int8, size: .dynamic, toolVersion: "1").proto.graph
    let makers = Dictionary(uniqueKeysWithValues: graph.node.map { ($0.output[0], $0) })
    let products = graph.node.filter { $0.opType.hasPrefix("Conv") }
    #expect(products.count == model.architecture.layers.count)
    for node in products {
      for input in node.input where makers[input]?.opType != "MaxPool" {
        #expect(makers[input]?.opType == "DequantizeLinear", "\(input) of \(node.name)")
      }
    }
    for scale in graph.initializer where scale.name.hasSuffix("weight.scale") {
      let layer = try #require(model.architecture.layer(named: String(scale.name.dropLast(".weight.scale".count))))
      #expect(try Value(scale).numbers.count >= layer.outputChannels, "one scale per output channel")
    }
  }

  @Test func sourcesThatAreJoinedHaveOneScaleAndNoZeroPoint() throws {
    let model = try randomModel(size: Self.size)
    let quantized = try #require(model.quantized)
    #expect(quantized.activations["up0.transpose"]?.zeroPoint != 0, "the test wants a zero point to get rid of")
    let graph = try ONNXExport(model, precision: .int8, size: .dynamic, toolVersion: "1").proto.graph
    let makers = Dictionary(uniqueKeysWithValues: graph.node.map { ($0.output[0], $0) })
    let constants = Dictionary(uniqueKeysWithValues: graph.initializer.map { ($0.name, $0) })
    for join in graph.node where join.opType == "Concat" {
      let readers = join.input.compactMap { makers[$0] }
      let parameters = try readers.map { try $0.input[1...2].map { try Value(#require(constants[$0])).numbers[0] } }
      #expect(parameters.count == 2)
      #expect(parameters[0] == parameters[1])
      #expect(parameters[0][1] == 0)
    }
  }

  @Test func floatModelIsSentToQuantisationFirst() throws {
    let model = try randomModel(size: Self.size).with(quantized: nil)
    #expect(throws: InterchangeError.notQuantized(model: "test")) {
      try ONNXExport(model, precision: .int8, size: .dynamic, toolVersion: "1")
    }
    #expect("\(InterchangeError.notQuantized(model: "test"))".contains("verge quantize"))
  }

  @Test func sizeThatTheNetworkCannotRunAtIsRefused() throws {
    let model = try randomModel(size: Self.size)
    #expect(throws: InterchangeError.model(.inputSize(height: 20, width: 32, stride: 8))) {
      try ONNXExport(
        model, precision: .float, size: .fixed(InputSize(height: 20, width: 32)), toolVersion: "1")
    }
  }

  @Test(arguments: [0, 1, 77, 255] as [UInt8])
  func constantChannelsTakeTheZeroPointOff(zeroPoint: UInt8) {
    // Two outputs of one tap, three inputs of which the last two have the zero point; the first output is extreme.
    let weight: [Int8] = [5, 127, 127, -3, -50, 49]
    let channels = ZeroPointChannels(weight: weight, shape: [2, 1, 1, 3], from: 1, zeroPoint: zeroPoint)
    let all = channels.appended(to: weight, shape: [2, 1, 1, 3])
    let width = 3 + channels.codes.count
    for (output, sum) in [(0, 254), (1, -1)] {
      let constant = channels.codes.enumerated().reduce(0) {
        $0 + Int($1.element) * Int(all[output * width + 3 + $1.offset])
      }
      #expect(constant == -Int(zeroPoint) * sum)
      #expect(Array(all[(output * width)..<(output * width + 3)]) == Array(weight[(output * 3)..<(output * 3 + 3)]))
    }
    #expect(all.allSatisfy { $0 != -128 })
    #expect(channels.codes.isEmpty == (zeroPoint == 0))
  }
}
