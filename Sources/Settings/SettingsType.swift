// What kinds of values keys have.
import Yams

/// The kind of a key's value.
enum SettingsType: String {
  case whole = "a whole number"
  case number = "a number"
  case truth = "true or false"
  case text = "text"

  /// The kind of a default.
  init(_ scalar: Node.Scalar) {
    switch Node.scalar(scalar).tag.description {
    case Tag.Name.int.rawValue: self = .whole
    case Tag.Name.float.rawValue: self = .number
    case Tag.Name.bool.rawValue: self = .truth
    default: self = .text
    }
  }

  /// `text` in the form that decodes to this kind; nil when it is of another.
  func canonical(_ text: String) -> Node? {
    switch self {
    case .whole: Int(text) != nil || UInt64(text) != nil ? Node(text, Tag(.int)) : nil
    case .number: Double(text).flatMap { $0.isFinite ? Node(text, Tag(.float)) : nil }
    case .truth: ["true", "false"].contains(text) ? Node(text, Tag(.bool)) : nil
    case .text: Node(text, Tag(.str))
    }
  }

  static func words(for type: any Any.Type) -> String {
    switch type {
    case is any BinaryInteger.Type: whole.rawValue
    case is any BinaryFloatingPoint.Type: number.rawValue
    case is Bool.Type: truth.rawValue
    default: text.rawValue
    }
  }
}
