// What can go wrong in training, evaluation and calibration.
public import Settings

/// An error of the training target, with what its user needs to act on.
public enum TrainingError: Error, Sendable, Equatable {
  /// A data specification that is not `FORMAT:PATH[:SPLIT]` or names an unknown format.
  case specification(String, reason: String)
  /// A data set that cannot be read or has nothing in it.
  case data(path: String, reason: String)
  /// A single picture or mask of a data set that cannot be used.
  case picture(path: String, reason: String)
  /// A class list or class map that does not fit.
  case classes(String)
  /// A setting out of its range.
  case setting(name: String, reason: String)
  /// A checkpoint or model that cannot be read, written or continued from.
  case checkpoint(path: String, reason: String)
  /// The loss or a weight is no longer a finite number, or the loss runs away; `kept` says what there is to go on from.
  case diverged(step: Int, layer: String, reason: String, kept: String)
  /// A recipe that cannot be read, or a key of it.
  case recipe(SettingsError)
  /// The run needs more memory than it may take, in bytes; `batch` is the largest that would fit, 0 for none.
  case memory(needed: Int, limit: Int, batch: Int)
  /// The log of a run cannot be written.
  case log(path: String, reason: String)
  /// Calibration or quantisation is impossible, or loses more than it may.
  case quantization(String)
}

extension TrainingError {
  init(_ error: SettingsError) {
    if case .setting(let name, let reason) = error {
      self = .setting(name: name, reason: reason)
    } else {
      self = .recipe(error)
    }
  }
}

extension TrainingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .specification(let text, let reason): "data '\(text)': \(reason)"
    case .data(let path, let reason): "\(path): \(reason)"
    case .picture(let path, let reason): "\(path): \(reason)"
    case .classes(let reason): reason
    case .setting(let name, let reason): "\(name) \(reason)"
    case .checkpoint(let path, let reason): "\(path): \(reason)"
    case .diverged(let step, let layer, let reason, let kept):
      "training diverged at step \(step) in layer \(layer): \(reason); kept: \(kept.isEmpty ? "nothing yet" : kept). "
        + "Try a lower learning rate (--lr), a longer --warmup, or --precision float"
    case .recipe(let error): error.description
    case .memory(let needed, let limit, let batch):
      "training needs about \(needed >> 20) MB of memory and there are \(limit >> 20) MB; "
        + (batch > 0 ? "--batch \(batch) would fit" : "take smaller crops (--size) or a narrower network (--widths)")
    case .log(let path, let reason): "\(path): \(reason)"
    case .quantization(let reason): reason
    }
  }
}
