import Foundation
import Testing

@testable import UNet

@Suite struct Int8ModelTests {
  private let model: Model

  init() throws {
    model = try quantizedModel(stem: 2, widths: [2, 3], classCount: 2, size: InputSize(height: 8, width: 8))
  }

  @Test func itIsTheModelWithoutItsFloats() throws {
    let read = try Int8Model(file: model.file(), path: "m")
    #expect(try read == Int8Model(model))
    #expect(read.weights == model.quantized && read.name == model.name)
  }

  @Test func theFloatsStayInTheFile() throws {
    let file = Recorder(try model.file())
    _ = try Int8Model(file: file, path: "m")
    let integers = file.bytesRead
    _ = try Model(file: file, path: "m")
    let floats = model.weights.layers.values.reduce(0) { $0 + 4 * $1.weight.values.count }
    #expect(file.bytesRead - integers >= integers + floats)
  }

  @Test func aModelOfFloatsIsRefusedWithTheWayOut() throws {
    let file = try model.with(quantized: nil).file()
    #expect(throws: ModelError.notQuantized(model: model.name)) { try Int8Model(file: file, path: "m") }
  }

  @Test func aMissingFloatTensorIsStillAFlaw() throws {
    let file = try spoiled(model) { header in header["head.bias"] = nil }
    #expect(throws: ModelError.self) { try Int8Model(file: file, path: "m") }
  }

  @Test func aFileThatShrinksIsDamagedAndNoCrash() throws {
    let shrinking = Recorder(try model.file(), failsAfter: 3)
    #expect(throws: ModelError.damaged(path: "m", reason: "gone")) { try Int8Model(file: shrinking, path: "m") }
  }
}

/// Bytes that count how many of them were asked for, and may stop coming.
private final class Recorder: ByteSource, @unchecked Sendable {  // used by one thread
  private let file: [UInt8]
  private var reads: Int
  private(set) var bytesRead = 0
  var count: Int { file.count }

  init(_ file: [UInt8], failsAfter reads: Int = .max) {
    self.file = file
    self.reads = reads
  }

  func bytes(_ range: Range<Int>) throws(Safetensors.Flaw) -> [UInt8] {
    guard reads > 0 else { throw .damaged("gone") }
    reads -= 1
    bytesRead += range.count
    return Array(file[range])
  }
}
