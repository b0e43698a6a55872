// Values of recipes that are written as one text.
public import Settings
public import UNet

extension PictureExtent {
  public var inputSize: InputSize { InputSize(height: height, width: width) }
}

/// When a run is done.
public enum TrainingLength: Sendable, Hashable {
  case epochs(Int)
  case steps(Int)
  /// Wall-clock time of training, pauses between resumed runs not counted.
  case minutes(Double)

  var amount: Double {
    switch self {
    case .epochs(let count), .steps(let count): Double(count)
    case .minutes(let count): count
    }
  }
}

extension TrainingLength: CustomStringConvertible {
  public var description: String {
    switch self {
    case .epochs(let count): "\(count) epochs"
    case .steps(let count): "\(count) steps"
    case .minutes(let count): "\(count == count.rounded() ? "\(Int(count))" : "\(count)") minutes"
    }
  }

  /// - Returns: nil for text that is no length, or more than one.
  public init?(_ text: String) {
    let words = text.split(separator: " ")
    guard words.count == 2, let number = Double(words[0]), number.isFinite, abs(number) < 1e12 else { return nil }
    switch words[1] {
    case "epoch", "epochs": self = .epochs(Int(number))
    case "step", "steps": self = .steps(Int(number))
    case "minute", "minutes": self = .minutes(number)
    default: return nil
    }
    if case .minutes = self { return }
    guard number == number.rounded() else { return nil }
  }
}

extension TrainingLength: WrittenSetting {
  public static var form: String { "one length, such as '100 epochs', '3000 steps' or '10 minutes'" }
}
