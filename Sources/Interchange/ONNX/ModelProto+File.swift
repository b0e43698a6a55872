// An ONNX model in its file.
import Foundation
import SwiftProtobuf
import UNet

extension ModelProto {
  /// Protocol buffers end at 2 GiB.
  static let fileLimit = Int(Int32.max)

  /// Reads a model; fields that `onnx.proto` does not name are skipped.
  ///
  /// - Throws: `InterchangeError.unreadable` or `.notONNX`.
  init(contentsOf path: String) throws(InterchangeError) {
    let bytes: [UInt8]
    do throws(ModelError) { bytes = try FileBytes.read(path, limit: Self.fileLimit) } catch {
      throw InterchangeError(error, path: path)
    }
    guard !bytes.isEmpty else { throw .notONNX(path: path, reason: "the file is empty") }
    do { try self.init(serializedBytes: bytes, options: .skippingUnknown) } catch {
      throw .notONNX(path: path, reason: "its bytes are no protocol buffer message")
    }
    guard hasGraph, !graph.node.isEmpty else { throw .notONNX(path: path, reason: "it holds no graph") }
  }

  /// Writes the model, replacing what was there only when all of it is on disk.
  ///
  /// - Returns: its bytes.
  /// - Throws: `InterchangeError.unwritable`.
  @discardableResult
  func write(to path: String) throws(InterchangeError) -> Int {
    let bytes: [UInt8]
    // Only a message beyond 2 GiB does not serialise.
    do { bytes = try serializedBytes() } catch { throw .unwritable(path: path, errno: EFBIG) }
    do throws(ModelError) { try FileBytes.replace(path, with: bytes) } catch {
      throw InterchangeError(error, path: path)
    }
    return bytes.count
  }
}

extension BinaryDecodingOptions {
  fileprivate static var skippingUnknown: Self {
    var options = BinaryDecodingOptions()
    options.discardUnknownFields = true
    return options
  }
}

extension InterchangeError {
  /// What reading and writing bytes fails with, told of an ONNX file.
  fileprivate init(_ error: ModelError, path: String) {
    switch error {
    case .unreadable(_, let code): self = .unreadable(path: path, errno: code)
    case .unwritable(_, let code): self = .unwritable(path: path, errno: code)
    case .notAModel(_, let reason): self = .notONNX(path: path, reason: reason)
    default: self = .notONNX(path: path, reason: "\(error)")
    }
  }
}
