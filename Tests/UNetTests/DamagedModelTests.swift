import Foundation
import Testing

@testable import UNet

/// What a reader must survive and name. Each case spoils one thing of a good file.
@Suite struct DamagedModelTests {
  @Test func filesOfOtherKindsAreNoModels() throws {
    let others: [[UInt8]] = [
      [], Array("hi".utf8), Array("just some text, longer than eight bytes".utf8), [UInt8](repeating: 0, count: 100),
      [0xff, 0xd8, 0xff, 0xe0, 0, 16] + Array("JFIF and so on".utf8), Array("{\"json\": true, \"model\": false}".utf8),
    ]
    for file in others { try expect(file) { if case .notAModel = $0 { true } else { false } } }
  }

  @Test func aHeaderThatClaimsTooMuchIsNoHeader() throws {
    let good = try randomModel().file()
    for claim in [1 << 60, UInt64.max, UInt64(Int.max), 1 << 40, UInt64(Limits.headerBytes) + 1] {
      let file = withUnsafeBytes(of: claim.littleEndian) { Array($0) } + good.dropFirst(8)
      try expect(file) { if case .notAModel(_, let reason) = $0 { reason.contains("claims") } else { false } }
    }
  }

  @Test func truncatedFilesAreDamaged() throws {
    let good = try NetworkCase.all[0].model().file()
    for count in [9, 100, 2000, good.count / 2, good.count - 1] {
      try expect(Array(good.prefix(count))) { if case .damaged = $0 { true } else { false } }
    }
    try expect(good + [0]) { $0 == .damaged(path: "m", reason: "1 bytes follow its last tensor") }
  }

  @Test func tensorsMissingUnknownOrMisshapenAreNamed() throws {
    let model = try randomModel()
    try expect(spoiled(model) { $0["stem.weights"] = $0.removeValue(forKey: "stem.weight") }) {
      $0 == .unsupported(path: "m", reason: "tensor 'stem.weight' is missing")
    }
    try expect(spoiled(model) { $0["extra"] = ["dtype": "F32", "shape": [0], "data_offsets": [0, 0]] }) {
      $0 == .unsupported(path: "m", reason: "tensor 'extra' belongs to no layer")
    }
    try expect(spoiled(model) { $0.edit("stem.weight") { $0["shape"] = [5, 27] } }) {
      $0.description.contains("tensor 'stem.weight' is F32 [5, 27], expected F32 [5, 3, 3, 3]")
    }
    try expect(spoiled(model) { $0.edit("stem.weight") { $0["dtype"] = "I32" } }) {
      $0.description.contains("tensor 'stem.weight' is I32")
    }
    try expect(spoiled(model) { $0.edit("stem.weight") { $0["dtype"] = "BF16" } }) {
      if case .notAModel = $0 { true } else { false }
    }
  }

  @Test(arguments: [
    [0, 540], [4, 544], [-4, 536], [0, Int.max], [Int.max - 3, Int.max], [540, 0], [0], [0, 540, 1], [],
  ])
  func offsetsThatDoNotFitAreDamage(offsets: [Int]) throws {
    // The first tensor in the file is stem.weight, 540 bytes: only its own offsets are right.
    let file = try spoiled(randomModel()) { $0.edit("stem.weight") { $0["data_offsets"] = offsets } }
    if offsets == [0, 540] { return _ = try Model(file: file, path: "m") }
    try expect(file) { if case .damaged = $0 { true } else { false } }
  }

  @Test(arguments: [[1 << 62, 4], [-5, 27], [Int.max], [3, 1 << 61], [0, 1 << 62, 1 << 62]])
  func shapesThatOverflowAreDamage(shape: [Int]) throws {
    try expect(spoiled(randomModel()) { $0.edit("stem.weight") { $0["shape"] = shape } }) {
      if case .damaged = $0 { true } else { false }
    }
  }

  @Test func overlappingTensorsAreDamage() throws {
    try expect(spoiled(randomModel()) { $0.edit("stem.norm.shift") { $0["data_offsets"] = [540, 560] } }) {
      $0 == .damaged(path: "m", reason: "its tensors overlap")
    }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity]) func valuesThatAreNoNumbersAreRefused(value: Float) throws {
    var file = try randomModel().file()
    let end = file.count - 4
    for i in 0..<4 { file[end + i] = UInt8(value.bitPattern >> (8 * UInt32(i)) & 255) }
    try expect(file) { $0.description.contains("not finite") }
  }

  @Test func metadataMustMakeANetwork() throws {
    let model = try NetworkCase.all[0].model()
    let wrong: [(key: String, value: Any?)] = [
      ("format", nil), ("format", "pt"), ("version", "9"), ("name", ""), ("name", String(repeating: "x", count: 101)),
      ("architecture", nil), ("architecture", "[]"), ("architecture", #"{"stem":1,"widths":[1e30]}"#),
      ("architecture", #"{"stem":1,"widths":[9223372036854775807]}"#), ("architecture", #"{"stem":1,"widths":[3,3]}"#),
      ("architecture", #"{"stem":1,"widths":[3],"up":{"window":3,"relu":false}}"#),
      ("architecture", #"{"stem":1,"widths":[3],"up":{"window":-9223372036854775808,"relu":false}}"#),
      ("architecture", #"{"stem":1,"widths":[3],"up":{"window":4}}"#),
      ("architecture", #"{"stem":1,"widths":[3],"up":"nearest"}"#),
      ("architecture", String(repeating: "[", count: 100_000)), ("classes", "[]"), ("classes", #"[{"name":"a"}]"#),
      ("classes", ##"[{"name":"a","color":"red"},{"name":"b","color":"#000000"}]"##),
      ("training_input", #"{"height":0,"width":8}"#), ("training_input", #"{"height":4611686018427387904,"width":4}"#),
      ("normalization", "{}"), ("receipt", nil), ("receipt", #"{"steps":"many"}"#), ("activations", "{}"),
      ("activations", nil),
      ("activations", #"{"input":{"scale":0.003921569,"zeroPoint":7}}"#), ("name", 7), ("name", ["a": "b"]),
    ]
    for (key, value) in wrong {
      let file = try spoiled(model) { $0.edit("__metadata__") { $0[key] = value } }
      try expect(file, "\(key) \(String(describing: value).prefix(60))") { _ in true }
    }
  }

  @Test func deeplyNestedJSONIsNoHeader() throws {
    for text in ["[", "{\"a\":", "{\"__metadata__\":{\"a\":{\"b\":["] {
      let header = "{" + String(repeating: text, count: 200_000)
      let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
      try expect(length + Array(header.utf8)) { if case .notAModel = $0 { true } else { false } }
    }
  }

  @Test func integersThatCouldOverflowAreRefused() throws {
    let model = try NetworkCase.all[0].model()
    let quantized = try #require(model.quantized)
    let head = try #require(quantized.layers["head"])
    let spoilt = [
      QuantizedLayer(weight: head.weight, scale: head.scale, bias: [.max, 0], multiplier: head.multiplier),
      QuantizedLayer(weight: head.weight, scale: head.scale, bias: [.min, 0], multiplier: head.multiplier),
      QuantizedLayer(weight: head.weight, scale: [0, 1], bias: head.bias, multiplier: head.multiplier),
      QuantizedLayer(weight: head.weight, scale: head.scale, bias: head.bias, multiplier: [.nan, 1]),
      QuantizedLayer(
        weight: [-128] + head.weight.dropFirst(), scale: head.scale, bias: head.bias, multiplier: head.multiplier),
    ]
    for layer in spoilt {
      let layers = quantized.layers.merging(["head": layer]) { $1 }
      #expect(throws: ModelError.self) {
        try model.with(quantized: QuantizedWeights(layers: layers, activations: quantized.activations))
      }
    }
  }

  @Test func whatIsNoRegularFileIsRefusedWithoutWaiting() throws {
    try withTemporaryFolder { folder in
      let pipe = folder + "/pipe.safetensors"
      #expect(mkfifo(pipe, 0o600) == 0)
      for path in [folder, pipe, "/dev/zero"] {
        #expect(throws: ModelError.notAModel(path: path, reason: "it is no regular file")) {
          try Model(contentsOf: path)
        }
      }
    }
  }

  @Test func everyErrorIsOneLineThatNamesTheFile() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/bad.safetensors"
      try Data("no model".utf8).write(to: URL(fileURLWithPath: path))
      do throws(ModelError) {
        _ = try ModelLibrary.load(path)
        Issue.record("a bad file was read")
      } catch {
        #expect(error.description.hasPrefix(path + ": not a model file") && !error.description.contains("\n"))
      }
    }
  }

  private func expect(
    _ file: [UInt8], _ comment: Comment? = nil, location: SourceLocation = #_sourceLocation,
    _ isRight: (ModelError) -> Bool
  ) throws {
    do throws(ModelError) {
      _ = try Model(file: file, path: "m")
      Issue.record("a bad file was read", sourceLocation: location)
      if let comment { Issue.record(comment) }
    } catch {
      #expect(isRight(error) && error.description.hasPrefix("m: "), "\(error)", sourceLocation: location)
      #expect(!error.description.contains("\n"), "\(error)", sourceLocation: location)
    }
  }
}

/// The model's file with its header changed.
func spoiled(_ model: Model, _ change: (inout [String: Any]) -> Void) throws -> [UInt8] {
  let file = try model.file()
  let length = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
  var header = try #require(JSONSerialization.jsonObject(with: Data(file[8..<8 + length])) as? [String: Any])
  change(&header)
  let changed = [UInt8](try JSONSerialization.data(withJSONObject: header))
  return withUnsafeBytes(of: UInt64(changed.count).littleEndian) { Array($0) } + changed + file[(8 + length)...]
}

extension [String: Any] {
  /// Changes the dictionary under `key`.
  mutating func edit(_ key: String, _ change: (inout [String: Any]) -> Void) {
    var inner = self[key] as? [String: Any] ?? [:]
    change(&inner)
    self[key] = inner
  }
}
