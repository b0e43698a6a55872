// What can be wrong with a model, said so that the user can act on it.
public import Foundation

/// Everything that reading, writing, quantising or planning a model can fail with.
public enum ModelError: Error, Sendable, Hashable {
  /// The file cannot be opened or read; `errno` is the system's reason.
  case unreadable(path: String, errno: Int32)
  /// The file cannot be written; what was there before is untouched.
  case unwritable(path: String, errno: Int32)
  /// The file is something else than a model.
  case notAModel(path: String, reason: String)
  /// The file was a model once: truncated, or with bytes that cannot be right.
  case damaged(path: String, reason: String)
  /// A readable safetensors file whose tensors or metadata are not those of a U-Net that Verge can run.
  case unsupported(path: String, reason: String)
  /// Neither a file nor the name of a shipped model.
  case unknownModel(name: String, shipped: [String])
  /// A stem, widths or class list that no network can have.
  case architecture(reason: String)
  /// Weights that do not fit the architecture, or are not numbers.
  case weights(name: String, reason: String)
  /// Weights or ranges that cannot be quantised, or quantised values that break the arithmetic's bounds.
  case quantization(name: String, reason: String)
  /// The int8 network was asked of a model that has only float weights.
  case notQuantized(model: String)
  /// The network cannot run at this input size.
  case inputSize(height: Int, width: Int, stride: Int)
  /// The CPU tier is not in this build or not on this CPU.
  case tier(String)
}

extension ModelError: CustomStringConvertible, LocalizedError {
  public var errorDescription: String? { description }

  /// One line: the file, the cause, the way out.
  public var description: String {
    switch self {
    case .unreadable(let path, let code): "\(path): cannot read the model: \(String(cString: strerror(code)))"
    case .unwritable(let path, let code): "\(path): cannot write the model: \(String(cString: strerror(code)))"
    case .notAModel(let path, let reason):
      "\(path): not a model file: \(reason); give a .safetensors file that `verge train` wrote"
    case .damaged(let path, let reason): "\(path): damaged model file: \(reason); copy it again from where it came"
    case .unsupported(let path, let reason):
      "\(path): not a U-Net that Verge can run: \(reason); give a .safetensors file that `verge train` wrote"
    case .unknownModel(let name, let shipped):
      "\(name): no such file and no shipped model of that name; shipped: \(shipped.isEmpty ? "none" : shipped.joined(separator: ", "))"
    case .architecture(let reason): "impossible network: \(reason)"
    case .weights(let name, let reason): "weights of \(name): \(reason)"
    case .quantization(let name, let reason):
      "cannot quantise \(name): \(reason); calibrate with more frames or use the float model"
    case .notQuantized(let model): "\(model): has no int8 weights; run `verge quantize` on it"
    case .inputSize(let height, let width, let stride):
      "input size \(width)×\(height): width and height must be multiples of \(stride), from \(stride) to \(Limits.side)"
    case .tier(let name): "CPU tier \(name) is not available here; `verge doctor` lists those that are"
    }
  }
}
