// ONNX files on disk.
import Foundation
import SwiftProtobuf
import Testing

@testable import Interchange

@Suite struct ONNXFileTests {
  @Test func modelComesBackFromItsFile() throws {
    try withTemporaryFolder { folder in
      var model = ModelProto()
      model.irVersion = 8
      model.graph.name = "g"
      model.graph.node = [NodeProto()]
      model.graph.initializer = [TensorProto("w", [2, 1], floats: [1.5, -2])]
      try model.write(to: folder + "/a.onnx")
      #expect(try ModelProto(contentsOf: folder + "/a.onnx") == model)
    }
  }

  @Test func fieldsThatAreNotNamedAreSkipped() throws {
    try withTemporaryFolder { folder in
      // graph (7) with one node (1) of op_type (4) "Relu"; functions (25) and an unknown varint (99).
      let bytes: [UInt8] =
        [0x3a, 8, 0x0a, 6, 0x22, 4] + Array("Relu".utf8) + [0xca, 0x01, 2, 0x0a, 0] + [0x98, 0x06, 5]
      try Data(bytes).write(to: URL(filePath: folder + "/a.onnx"))
      let model = try ModelProto(contentsOf: folder + "/a.onnx")
      #expect(model.graph.node.map(\.opType) == ["Relu"])
      #expect(model.unknownFields.data.isEmpty)
    }
  }

  @Test(arguments: [
    ("", "the file is empty"), ("hello, world", "its bytes are no protocol buffer message"),
    ("\u{8}\u{8}", "it holds no graph"),
  ])
  func whatIsNoModelIsRefusedWithItsReason(text: String, reason: String) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.onnx"
      try Data(text.utf8).write(to: URL(filePath: path))
      #expect(throws: InterchangeError.notONNX(path: path, reason: reason)) { try ModelProto(contentsOf: path) }
    }
  }

  @Test func missingFileIsNamed() {
    #expect(throws: InterchangeError.unreadable(path: "/nowhere/a.onnx", errno: ENOENT)) {
      try ModelProto(contentsOf: "/nowhere/a.onnx")
    }
  }
}
