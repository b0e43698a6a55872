// Settings as trees of keys and texts.
import Yams

/// Trees of defaults, and what goes wrong on the way to and from them.
enum SettingsTree {
  /// The part's keys, by property name in order of declaration, with their values.
  static func make(_ part: some SettingsPart) -> Node {
    do {
      guard let node = try compose(yaml: YAMLEncoder().encode(part)) else { preconditionFailure("a part has keys") }
      return node
    } catch {
      preconditionFailure("settings hold numbers, texts, lists and parts only: \(error)")
    }
  }

  /// Values by path in snake case, in order.
  static func flat(_ node: Node, path: [String] = []) -> [(path: String, text: String)] {
    switch node {
    case .mapping(let mapping) where !mapping.isEmpty:
      mapping.flatMap { flat($0.value, path: path + [SettingsKey.snakeCase($0.key.string ?? "")]) }
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

  /// The beginning of `text` of a value that somebody wrote, for messages; quick however large the value.
  static func brief(_ node: Node) -> String {
    func short(_ node: Node, _ depth: Int) -> String {
      guard depth > 0 else { return "…" }
      switch node {
      case .scalar(let scalar): return clipped(text(scalar))
      case .sequence(let sequence):
        let items = sequence.prefix(4).map { short($0, depth - 1) } + (sequence.count > 4 ? ["…"] : [])
        return "[" + items.joined(separator: ", ") + "]"
      case .mapping(let mapping):
        let items = mapping.prefix(4).map { "\(short($0.key, depth - 1)): \(short($0.value, depth - 1))" }
        return "{" + (items + (mapping.count > 4 ? ["…"] : [])).joined(separator: ", ") + "}"
      case .alias: return ""
      }
    }
    return clipped(short(node, 3))
  }

  /// The beginning of a text.
  static func clipped(_ text: String) -> String { text.count > 80 ? text.prefix(79) + "…" : text }

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
        (context, "must be \(SettingsType.words(for: type))")
      case .keyNotFound(let key, let context): (context, "lacks the key '\(key.stringValue)'")
      @unknown default: (DecodingError.Context(codingPath: [], debugDescription: ""), "\(error)")
      }
    return (context.codingPath.filter { $0.intValue == nil }.map(\.stringValue), reason)
  }
}
