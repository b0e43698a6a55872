// What can go wrong between Verge and ONNX, said so that the user can act on it.
public import Foundation
public import UNet

/// Everything that exporting or importing a network can fail with.
public enum InterchangeError: Error, Sendable, Hashable {
  /// The file cannot be opened or read; `errno` is the system's reason.
  case unreadable(path: String, errno: Int32)
  /// The file cannot be written; what was there before is untouched.
  case unwritable(path: String, errno: Int32)
  /// The file is no ONNX model, or one that lost something.
  case notONNX(path: String, reason: String)
  /// The int8 form was asked of a model that has only float weights.
  case notQuantized(model: String)
  /// A network that is no U-Net of Verge's; `node` is the first one that it does not have, empty for the whole graph.
  case unmappable(path: String, node: String, reason: String)
  /// What the model itself says against it.
  case model(ModelError)
}

extension InterchangeError: CustomStringConvertible, LocalizedError {
  public var errorDescription: String? { description }

  /// One line: the file, the cause, the way out.
  public var description: String {
    switch self {
    case .unreadable(let path, let code): "\(path): cannot read the network: \(String(cString: strerror(code)))"
    case .unwritable(let path, let code): "\(path): cannot write the network: \(String(cString: strerror(code)))"
    case .notONNX(let path, let reason):
      "\(path): not an ONNX model: \(reason); give a file that an ONNX exporter wrote"
    case .notQuantized(let model):
      "\(model): has no int8 weights to export; run `verge quantize` on it, or export with --precision float"
    case .unmappable(let path, let node, let reason):
      "\(path): cannot import the network: \(node.isEmpty ? "" : node + ": ")\(reason)"
    case .model(let error): error.description
    }
  }
}
