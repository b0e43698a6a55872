// Networks that PyTorch and Keras exported; Models/make_models.py makes them.
import Foundation
import Testing
import UNet

@testable import Interchange

/// A file in Models, and what becomes of it.
struct ExportedNetwork: Sendable, CustomTestStringConvertible {
  let name: String
  var stem = 1
  var widths = [8, 16]
  var up = Upsampling.standard
  var classCount = 3
  var hasNorms = false

  var testDescription: String { name }

  static let all = [
    ExportedNetwork(name: "torch_transpose2", hasNorms: true),
    ExportedNetwork(name: "torch_nearest", stem: 2, up: Upsampling(window: 4, isRectified: true)),
    ExportedNetwork(name: "torch_transpose3", up: Upsampling(window: 4, isRectified: false), classCount: 2),
    ExportedNetwork(name: "torch_transpose4", widths: [4, 6, 8], up: Upsampling(window: 4, isRectified: false)),
    ExportedNetwork(name: "keras_transpose3", up: Upsampling(window: 4, isRectified: false)),
    ExportedNetwork(name: "keras_transpose2", widths: [4, 6, 8]),
    ExportedNetwork(name: "keras_upsampling2", up: Upsampling(window: 4, isRectified: true), classCount: 2),
    ExportedNetwork(name: "keras_upsampling3", up: Upsampling(window: 4, isRectified: true)),
  ]

  static func path(_ file: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Models/" + file).path
  }

  func model() throws -> Model {
    try ONNXImport.model(contentsOf: Self.path(name + ".onnx"), ONNXImport.Options(toolVersion: "0"))
  }

  /// ONNX Runtime's scores of the test picture.
  func expected() throws -> [Float] {
    let data = try Data(contentsOf: URL(filePath: Self.path(name + ".logits")))
    return data.withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map { Float(bitPattern: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)) }
    }
  }
}

/// The picture that Models/make_models.py computes too: 16 rows, 24 columns, rgb0.
let testPixels: [UInt8] = {
  var pixels: [UInt8] = []
  for y in 0..<16 {
    for x in 0..<24 {
      for c in 0..<3 {
        let sample: Int = 31 * y + 17 * x + 53 * c + 7 * x * y
        pixels.append(UInt8(sample % 256))
      }
      pixels.append(0)
    }
  }
  return pixels
}()

let testPicture = FloatTensor(rgb: testPixels, height: 16, width: 24)

/// The largest difference between two rows of numbers.
func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
  var largest: Float = a.count == b.count ? 0 : .infinity
  for (x, y) in zip(a, b) { largest = max(largest, abs(x - y)) }
  return largest
}

@Suite struct ImportTests {
  @Test(arguments: ExportedNetwork.all) func theNetworkIsTheOneThatWasExported(network: ExportedNetwork) throws {
    let architecture = try network.model().architecture
    #expect(architecture.stem == network.stem && architecture.widths == network.widths)
    #expect(architecture.up == network.up && architecture.classes.count == network.classCount)
    #expect(try network.model().weights.isFolded == !network.hasNorms)
  }

  @Test(arguments: ExportedNetwork.all) func scoresAreThoseOfONNXRuntime(network: ExportedNetwork) throws {
    let scores = try FloatNetwork(network.model()).logits(testPicture).values
    let expected = try network.expected()
    #expect(largestDifference(scores, expected) <= 1e-4)
    #expect(expected.contains { abs($0) > 0.05 })
  }

  @Test(arguments: ExportedNetwork.all) func integersGiveNearlyTheSameLabels(network: ExportedNetwork) throws {
    let model = try network.model()
    var ranges = ActivationRanges()
    try ranges.include(testPicture, through: FloatNetwork(model))
    let quantized = try model.with(
      quantized: Quantizer.quantize(model.architecture, weights: model.weights, ranges: ranges))
    let size = InputSize(height: 16, width: 24)
    let int8 = try Int8Network(quantized, inputSize: size)
    var labels = [UInt8](repeating: 0, count: int8.plan.labelSize.pixels)
    int8.run(pixels: testPixels, stride: 4 * size.width, labels: &labels, labelStride: int8.plan.labelSize.width)
    let same = zip(labels, try FloatNetwork(model).labels(testPicture)).count { $0 == $1 }
    #expect(10 * same >= 9 * labels.count, "\(same) of \(labels.count)")
  }

  @Test(arguments: [
    (
      "not_dilated", "node '/down.0/down.0.0/Conv' (Conv)", "dilation 2; Verge's U-Net has none"
    ),
    (
      "not_residual", "node '/Add' (Add)",
      "it combines two activations element by element; Verge's U-Net has no such links"
    ),
    (
      "not_bilinear", "node '/ups.0/ups.0.0/Resize' (Resize)",
      "linear interpolation; Verge's U-Net enlarges by transposed convolutions and nearest neighbours"
    ),
    ("not_leaky", "node '/down.0/down.0.2/LeakyRelu' (LeakyRelu)", "Verge's U-Net has no such operator"),
    (
      "not_shifted", "node '/Sub' (Sub)",
      "it shifts the picture's values before a convolution that pads by zeros; Verge's pictures are x/255. Train with pictures scaled to 0…1 alone"
    ),
  ])
  func whatCannotBeMappedIsNamed(file: String, node: String, reason: String) throws {
    let path = ExportedNetwork.path(file + ".onnx")
    #expect(throws: InterchangeError.unmappable(path: path, node: node, reason: reason)) {
      try ONNXImport.model(contentsOf: path, ONNXImport.Options(toolVersion: "0"))
    }
  }

  @Test(arguments: [
    ("not_two", "a third convolution in a row"), ("not_norm_last", "it comes after a ReLU"),
  ])
  func otherNetworksAreToldInOneLine(file: String, words: String) throws {
    do throws(InterchangeError) {
      _ = try ONNXImport.model(
        contentsOf: ExportedNetwork.path(file + ".onnx"), ONNXImport.Options(toolVersion: "0"))
      Issue.record("\(file) was imported")
    } catch {
      #expect(error.description.contains(words) && error.description.contains("node '"), "\(error)")
      #expect(!error.description.contains("\n"))
    }
  }

  @Test func namesClassesAndRangeAreTheUsers() throws {
    let classes = ["sky", "road", "car"].map { PixelClass(name: $0, color: ClassColor(1, 2, 3)) }
    let path = ExportedNetwork.path("torch_transpose2.onnx")
    let options = ONNXImport.Options(name: "mine", classes: classes, inputRange: 255, toolVersion: "7")
    let model = try ONNXImport.model(contentsOf: path, options)
    #expect(model.name == "mine" && model.architecture.classes == classes && model.receipt.toolVersion == "7")
    let plain = try ExportedNetwork.all[0].model()
    #expect(plain.name == "torch_transpose2")
    #expect(plain.architecture.classes.map(\.name) == ["class0", "class1", "class2"])
    #expect(plain.architecture.classes.map(\.color.description) == ["#000000", "#800000", "#008000"])
    let (large, small) = (
      model.weights["down0.conv0"]?.weight.values[5], plain.weights["down0.conv0"]?.weight.values[5]
    )
    #expect(large == small.map { $0 * 255 })
    var fewer = options
    fewer.classes = Array(classes.prefix(2))
    #expect(throws: InterchangeError.self) { try ONNXImport.model(contentsOf: path, fewer) }
  }
}
