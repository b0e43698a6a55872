// Recipes as trees of keys and texts.
import Foundation
import Yams

/// Trees of defaults, and what goes wrong on the way to and from them.
enum RecipeTree {
  /// The longest text that is read, in bytes.
  private static let limit = 1 << 20

  /// The part's keys, by property name in order of declaration, with their values.
  static func make(_ part: some RecipePart) -> Node {
    do {
      guard let node = try compose(yaml: YAMLEncoder().encode(part)) else { preconditionFailure("a part has keys") }
      return node
    } catch {
      preconditionFailure("parts of recipes hold numbers, texts, lists and parts only: \(error)")
    }
  }

  /// - Returns: nil for text with nothing in it.
  /// - Throws: `TrainingError.recipe` with the line.
  static func parse(_ text: String, from name: String) throws(TrainingError) -> Node? {
    guard text.utf8.count <= limit else { throw .recipe(place: name, reason: "is too long for a recipe") }
    do {
      return try compose(yaml: text)
    } catch let error as YamlError {
      let (line, reason) = explain(error)
      throw .recipe(place: line.map { "\(name):\($0)" } ?? name, reason: reason)
    } catch {
      throw .recipe(place: name, reason: "\(error)")
    }
  }

  /// Values by path in snake case, in order.
  static func flat(_ node: Node, path: [String] = []) -> [(path: String, text: String)] {
    switch node {
    case .mapping(let mapping) where !mapping.isEmpty:
      mapping.flatMap { flat($0.value, path: path + [RecipeKey.snakeCase($0.key.string ?? "")]) }
    default: [(path.joined(separator: "."), text(node))]
    }
  }

  /// A value as one line of YAML.
  static func text(_ node: Node) -> String {
    switch node {
    case .scalar(let scalar): text(scalar)
    case .sequence(let sequence): "[" + sequence.map { text($0) }.joined(separator: ", ") + "]"
    case .mapping(let mapping):
      "{" + mapping.map { "\(text($0.key)): \(text($0.value))" }.joined(separator: ", ") + "}"
    case .alias: ""
    }
  }

  private static func text(_ scalar: Node.Scalar) -> String {
    if Node.scalar(scalar).tag.description == Tag.Name.float.rawValue, let number = Double(scalar.string) {
      return "\(number)"
    }
    let isText = Node.scalar(scalar).tag.description == Tag.Name.str.rawValue
    let isPlain = scalar.string.allSatisfy { $0.isLetter || $0.isNumber || "_-./ ×".contains($0) }
    guard isText, !isPlain || scalar.string.isEmpty || Node(scalar.string).tag != scalar.tag else {
      return scalar.string
    }
    return "'" + scalar.string.replacing("'", with: "''") + "'"
  }

  /// The keys to the value that could not be decoded, and why, to follow the key in a sentence.
  static func explain(_ error: DecodingError) -> (keys: [String], reason: String) {
    let (context, reason): (DecodingError.Context, String) =
      switch error {
      case .dataCorrupted(let context): (context, context.debugDescription)
      case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
        (context, "must be \(RecipeType.words(for: type))")
      case .keyNotFound(let key, let context): (context, "lacks the key '\(key.stringValue)'")
      @unknown default: (DecodingError.Context(codingPath: [], debugDescription: ""), "\(error)")
      }
    return (context.codingPath.filter { $0.intValue == nil }.map(\.stringValue), reason)
  }

  private static func explain(_ error: YamlError) -> (line: Int?, reason: String) {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      (mark.line, "no YAML: \(problem)")
    case .duplicatedKeysInMapping(let keys, let context):
      (context.mark.line, "says \(keys.map { "'\($0)'" }.joined(separator: ", ")) twice")
    default: (nil, "no YAML: \(error)")
    }
  }
}

/// What kinds of values keys have.
enum RecipeType: String {
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
