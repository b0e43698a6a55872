// What can go wrong in training, evaluation and calibration.

/// An error of the training target, with what its user needs to act on.
public enum TrainingError: Error, Sendable, Equatable {
  /// A data specification that is not `FORMAT:PATH[:SPLIT]` or names an unknown format.
  case specification(String, reason: String)
  /// A data set that cannot be read or has nothing in it.
  case data(path: String, reason: String)
  /// A class list or class map that does not fit.
  case classes(String)
  /// A setting out of its range.
  case setting(name: String, reason: String)
  /// A checkpoint or model that cannot be read, written or continued from.
  case checkpoint(path: String, reason: String)
  /// The loss or a weight is no longer a finite number.
  case diverged(step: Int, layer: String)
  /// Calibration or quantisation is impossible, or loses more than it may.
  case quantization(String)
}

extension TrainingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .specification(let text, let reason): "data '\(text)': \(reason)"
    case .data(let path, let reason): "\(path): \(reason)"
    case .classes(let reason): reason
    case .setting(let name, let reason): "\(name) \(reason)"
    case .checkpoint(let path, let reason): "\(path): \(reason)"
    case .diverged(let step, let layer):
      "training diverged at step \(step) in layer \(layer); the last good state is kept"
    case .quantization(let reason): reason
    }
  }
}
