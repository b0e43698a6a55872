// Files that are wrong on purpose: each gives an error or a model, never a crash.
import Foundation
import Testing
import UNet

@testable import Interchange

@Suite struct HostileImportTests {
  @Test(arguments: ["torch_transpose2", "keras_transpose3", "keras_upsampling2"])
  func damagedFilesAreRefusedOrRead(name: String) throws {
    let whole = try [UInt8](Data(contentsOf: URL(filePath: ExportedNetwork.path(name + ".onnx"))))
    var random = SystemRandomNumberGenerator()
    try withTemporaryFolder { folder in
      for round in 0..<120 {
        var bytes = round % 3 == 0 ? Array(whole.prefix(Int.random(in: 0..<whole.count, using: &random))) : whole
        for _ in 0..<(round % 3 == 0 ? 0 : 1 + round % 20) where !bytes.isEmpty {
          bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        read(bytes, in: folder)
      }
    }
  }

  /// Spoils what is not weights: names, operators, attributes and shapes.
  @Test func spoiltGraphsAreRefusedOrRead() throws {
    var random = SystemRandomNumberGenerator()
    for name in ["torch_nearest", "keras_transpose3", "keras_upsampling2"] {
      let whole = try ModelProto(contentsOf: ExportedNetwork.path(name + ".onnx"))
      for _ in 0..<150 {
        var file = whole
        spoil(&file.graph, &random)
        _ = try? ONNXImport.model(of: file, path: "m", ONNXImport.Options(toolVersion: "0"))  // either will do
      }
    }
  }

  private func spoil(_ graph: inout GraphProto, _ random: inout SystemRandomNumberGenerator) {
    let numbers: [Int64] = [0, -1, 1, 3, 7, 1 << 31, 1 << 62, .max, .min, -7, 4096, 1 << 20]
    let node = Int.random(in: graph.node.indices, using: &random)
    let value = numbers.randomElement(using: &random) ?? 0
    switch Int.random(in: 0..<7, using: &random) {
    case 0: graph.node.remove(at: node)
    case 1: graph.node.swapAt(node, Int.random(in: graph.node.indices, using: &random))
    case 2:
      let other = Int.random(in: graph.node.indices, using: &random)
      graph.node[node].opType = graph.node[other].opType
    case 3:
      guard let attribute = graph.node[node].attribute.indices.randomElement(using: &random) else { return }
      graph.node[node].attribute[attribute].i = value
      graph.node[node].attribute[attribute].ints = graph.node[node].attribute[attribute].ints.map { _ in value }
    case 4:
      guard let input = graph.node[node].input.indices.randomElement(using: &random) else { return }
      let names = graph.node.flatMap(\.output) + graph.initializer.map(\.name) + [""]
      graph.node[node].input[input] = names.randomElement(using: &random) ?? ""
    case 5:
      let tensor = Int.random(in: graph.initializer.indices, using: &random)
      guard let side = graph.initializer[tensor].dims.indices.randomElement(using: &random) else { return }
      graph.initializer[tensor].dims[side] = value
    default:
      let tensor = Int.random(in: graph.initializer.indices, using: &random)
      guard !graph.initializer[tensor].rawData.isEmpty else { return }
      for i in graph.initializer[tensor].rawData.indices.suffix(8) {
        graph.initializer[tensor].rawData[i] = UInt8.random(in: 0...255, using: &random)
      }
    }
  }

  @Test(arguments: [
    ("a cycle", "it reads 'b', which nothing before it makes"), ("a missing weight", "it reads 'w', which nothing"),
    ("a wrong type", "element type 8"), ("data elsewhere", "lies in another file"),
    ("a huge shape", "do not fill its shape"), ("a negative side", "do not fill its shape"),
    ("two inputs", "it has 2 inputs"), ("four channels", "it has 4 channels"), ("no output", "does not depend"),
  ])
  func graphsThatCannotBeAreToldSo(flaw: String, words: String) throws {
    var graph = GraphProto()
    graph.input = [Self.image(channels: flaw == "four channels" ? 4 : 3)]
    if flaw == "two inputs" { graph.input.append(Self.image(channels: 3)) }
    graph.output = [Self.value(flaw == "no output" ? "w" : "c")]
    graph.node = [
      Self.node("Conv", ["image", "w"], "a"), Self.node("Relu", [flaw == "a cycle" ? "b" : "a"], "b"),
      Self.node("Relu", ["b"], "c"),
    ]
    var weight = TensorProto("w", [2, 3, 1, 1], floats: [Float](repeating: 1, count: 6))
    switch flaw {
    case "a wrong type": weight.dataType = 8
    case "data elsewhere": weight.dataLocation = .external
    case "a huge shape": weight.dims = [1 << 62, 1 << 62, 1, 1]
    case "a negative side": weight.dims = [-2, -3, 1, 1]
    default: break
    }
    if flaw != "a missing weight" { graph.initializer = [weight] }
    var file = ModelProto()
    file.graph = graph
    do throws(Unmappable) {
      _ = try ONNXImport.model(of: file, path: "m", ONNXImport.Options(toolVersion: "0"))
      Issue.record("a graph with \(flaw) was read")
    } catch {
      #expect(error.reason.contains(words), "\(error)")
    }
  }

  private func read(_ bytes: [UInt8], in folder: String) {
    let path = folder + "/spoilt.onnx"
    do throws(InterchangeError) {
      guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else { return }
      _ = try ONNXImport.model(contentsOf: path, ONNXImport.Options(toolVersion: "0"))
    } catch {
      #expect(error.description.hasPrefix(path) && !error.description.contains("\n"), "\(error)")
    }
  }

  private static func node(_ type: String, _ inputs: [String], _ output: String) -> NodeProto {
    var node = NodeProto()
    (node.opType, node.input, node.output) = (type, inputs, [output])
    return node
  }

  private static func value(_ name: String) -> ValueInfoProto {
    var info = ValueInfoProto()
    info.name = name
    return info
  }

  private static func image(channels: Int64) -> ValueInfoProto {
    var info = value("image")
    info.type.tensorType.shape.dim = [1, channels, 8, 12].map { side in
      var dimension = TensorShapeProto.Dimension()
      dimension.dimValue = side
      return dimension
    }
    return info
  }
}
