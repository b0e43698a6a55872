import Foundation
import Testing

@testable import UNet

@Suite struct ModelFileTests {
  @Test func aModelComesBackAsItWasWritten() throws {
    let model = try randomModel()
    try withTemporaryFolder { folder in
      let path = folder + "/m.safetensors"
      try model.write(to: path)
      #expect(try Model(contentsOf: path) == model)
      let folded = try model.with(weights: model.weights.folded(), quantized: nil)
      try folded.write(to: path)
      #expect(try Model(contentsOf: path) == folded)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["m.safetensors"])
    }
  }

  /// Reads the container a second time, with nothing but the format's own words.
  @Test func theFileIsSafetensorsAsOthersReadIt() throws {
    let model = try randomModel()
    let file = try model.file()
    let length = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = try #require(
      JSONSerialization.jsonObject(with: Data(file[8..<8 + length])) as? [String: [String: Any]])
    let metadata = try #require(header["__metadata__"] as? [String: String])
    #expect(metadata["architecture"] == #"{"stem":2,"widths":[5,8]}"#)
    #expect((8 + length) % 64 == 0)
    var end = 0
    let tensors = header.filter { $0.key != "__metadata__" }
    for entry in tensors.values.sorted(by: {
      ($0["data_offsets"] as? [Int] ?? [])[0] < ($1["data_offsets"] as? [Int] ?? [])[0]
    }) {
      let offsets = try #require(entry["data_offsets"] as? [Int])
      let shape = try #require(entry["shape"] as? [Int])
      #expect(entry["dtype"] as? String == "F32")
      #expect(offsets[0] == end && offsets[1] == end + 4 * shape.reduce(1, *))
      end = offsets[1]
    }
    #expect(8 + length + end == file.count)
    let bias = try #require(tensors["head.bias"]?["data_offsets"] as? [Int])
    let first = (0..<4).reduce(UInt32(0)) { $0 | UInt32(file[8 + length + bias[0] + $1]) << (8 * $1) }
    #expect(Float(bitPattern: first) == model.weights["head"]?.bias?[0])
  }

  @Test(arguments: [Upsampling(window: 4, isRectified: false), Upsampling(window: 2, isRectified: true)])
  func theWayUpIsWrittenWhereItIsNotTheStandardOne(up: Upsampling) throws {
    let model = try randomModel(widths: [4, 6], up: up)
    let file = try model.file()
    #expect(try Model(file: file, path: "m") == model)
    let text = #"\"up\":{\"relu\":\#(up.isRectified),\"window\":\#(up.window)}"#
    #expect(String(decoding: file, as: UTF8.self).contains(text))
  }

  @Test func aFailedWriteLeavesTheOldModel() throws {
    let model = try randomModel()
    try withTemporaryFolder { folder in
      let missing = folder + "/none/m.safetensors"
      #expect(throws: ModelError.unwritable(path: missing, errno: ENOENT)) { try model.write(to: missing) }
      try FileManager.default.createDirectory(atPath: folder + "/taken", withIntermediateDirectories: true)
      #expect(throws: ModelError.self) { try model.write(to: folder + "/taken") }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["taken"])
    }
  }

  @Test func modelsAreFoundByPathAndByName() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/mine.safetensors"
      try randomModel().write(to: path)
      #expect(try ModelLibrary.load(path).name == "test")
      #expect(throws: ModelError.unreadable(path: folder + "/none", errno: ENOENT)) {
        try ModelLibrary.load(folder + "/none")
      }
    }
    #expect(throws: ModelError.unknownModel(name: "rode", shipped: ModelLibrary.shipped)) {
      try ModelLibrary.load("rode")
    }
    for name in ModelLibrary.shipped { #expect(ModelLibrary.url(named: name) != nil) }
    #expect(ModelLibrary.url(named: "../road") == nil && ModelLibrary.url(named: "") == nil)
  }

  @Test func receiptsOfOlderVersionsAreReadable() throws {
    let receipt = try JSONDecoder().decode(Receipt.self, from: Data(#"{"seed":7,"unheard":1}"#.utf8))
    #expect(receipt.seed == 7 && receipt.toolVersion == "unknown" && receipt.int8Scores.isEmpty)
    #expect(receipt.quantization == nil)
  }
}

extension ModelFileTests {
  @Test func weightsRoundedToHalfTakeTwoBytesAndComeBackExactly() throws {
    let model = try randomModel()
    let rounded = try model.with(weights: model.weights.roundedToHalf(), quantized: nil)
    let whole = try model.with(quantized: nil).file()
    let half = try rounded.file()
    #expect(half.count < whole.count - model.architecture.parameterCount)
    #expect(try Model(file: half, path: "half") == rounded)
    let (exact, near) = (model.weights["stem"]!.weight.values, rounded.weights["stem"]!.weight.values)
    #expect(exact != near && zip(exact, near).allSatisfy { abs($0 - $1) <= abs($0) / 1024 })
  }

  @Test func everyHalfFloatIsRead() {
    for bits in 0...UInt16.max {
      let (expected, read) = (Float(Float16(bitPattern: bits)), Safetensors.Tensor.float(half: bits))
      #expect(read == expected && read.sign == expected.sign || read.isNaN && expected.isNaN, "bits \(bits)")
    }
  }
}
