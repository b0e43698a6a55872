// Exports in the runtimes they are for. Needs VERGE_PEERS_PYTHON: a Python with onnx, onnxruntime and openvino.
import Foundation
import Testing
import UNet

@testable import Interchange

@Suite(.enabled(if: Peers.python != nil, "VERGE_PEERS_PYTHON names no Python with onnx, onnxruntime and openvino"))
struct PeerTests {
  static let size = InputSize(height: 64, width: 96)
  static let form: [(precision: ONNXExport.Precision, size: ONNXExport.Size)] =
    ONNXExport.Precision.allCases.flatMap { [($0, .fixed(size)), ($0, .dynamic)] }

  @Test(arguments: form, [2, 4])
  func runtimesAgreeWithTheNetwork(
    form: (precision: ONNXExport.Precision, size: ONNXExport.Size), window: Int
  ) throws {
    let model = try randomModel(
      widths: [24, 40, 48], up: Upsampling(window: window, isRectified: false), size: Self.size)
    let picture = randomPicture(Self.size, seed: 5)
    let export = try ONNXExport(model, precision: form.precision, size: form.size, toolVersion: "1")
    for (peer, logits) in try Peers.run(export, Value(picture: picture, Self.size)) {
      switch form.precision {
      case .float:
        let expected = try FloatNetwork(model).logits(
          FloatTensor(rgb: picture, height: Self.size.height, width: Self.size.width))
        expectClose(logits, expected, peer)
      case .int8:
        let labels = try Int8Network(model, inputSize: Self.size).labels(picture)
        let same = zip(labels, logits.labels).count { $0 == $1 }
        #expect(Double(same) >= 0.995 * Double(labels.count), "\(peer): \(same) of \(labels.count)")
      }
    }
  }

  /// Within 1e-4 of the largest logit.
  private func expectClose(_ logits: Value, _ expected: FloatTensor, _ peer: String) {
    let (classes, pixels) = (expected.shape[2], expected.shape[0] * expected.shape[1])
    let largest = expected.values.reduce(0) { max($0, abs($1)) }
    let difference =
      expected.values.indices.map {
        abs(logits.numbers[$0 % classes * pixels + $0 / classes] - Double(expected.values[$0]))
      }.max() ?? .infinity
    #expect(difference <= 1e-4 * Double(largest), "\(peer): \(difference) of \(largest)")
  }
}

/// Other programs that run ONNX.
enum Peers {
  static let python = ProcessInfo.processInfo.environment["VERGE_PEERS_PYTHON"]

  /// Checks a model with onnx.checker and runs it; writes each peer's logits as raw floats.
  private static let script = """
    import sys, numpy, onnx, onnxruntime, openvino
    folder, shape = sys.argv[1], [int(side) for side in sys.argv[2:]]
    path = folder + "/model.onnx"
    onnx.checker.check_model(path, full_check=True)
    image = numpy.fromfile(folder + "/image.f32", "<f4").reshape(shape)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    session.run(None, {"image": image})[0].tofile(folder + "/onnxruntime.f32")
    compiled = openvino.Core().compile_model(path, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    compiled(image)[0].tofile(folder + "/openvino.f32")
    """

  /// The logits by peer.
  static func run(_ export: ONNXExport, _ image: Value) throws -> [(peer: String, logits: Value)] {
    try withTemporaryFolder { folder in
      try export.write(to: folder + "/model.onnx")
      let numbers = image.numbers.map(Float.init)
      try numbers.withUnsafeBytes { Data($0) }.write(to: URL(filePath: folder + "/image.f32"))
      let process = Process()
      process.executableURL = URL(filePath: python ?? "")
      process.arguments = ["-c", script, folder] + image.shape.map(String.init)
      try process.run()
      process.waitUntilExit()
      try #require(process.terminationStatus == 0)
      return try ["onnxruntime", "openvino"].map { peer in
        let data = try Data(contentsOf: URL(filePath: "\(folder)/\(peer).f32"))
        let logits = data.withUnsafeBytes { $0.bindMemory(to: Float.self).map(Double.init) }
        return (peer, Value(shape: [1, 4, image.shape[2] / 2, image.shape[3] / 2], numbers: logits))
      }
    }
  }
}
