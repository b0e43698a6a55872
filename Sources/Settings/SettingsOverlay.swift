// Lays what somebody wrote over the defaults.
import Yams

/// One source of settings on its way into a tree. What is wrong is left out and told.
struct SettingsOverlay {
  /// Turns what a text says into what it stands for, such as a secret.
  typealias Expansion = (_ text: String) throws(SettingsError) -> String

  /// Names the place of a line, for messages.
  let place: (_ line: Int?) -> String
  /// What the whole is called in messages.
  var title = "a configuration"
  /// The keys that the whole stands under, for messages.
  var prefix: [String] = []
  /// Paths of groups that take any key.
  let open: Set<String>
  /// Whether lists may be written `24,48,80`, as on a command line.
  var takesCommas = false
  var expansion: Expansion?
  /// By path in snake case, where each key was set.
  private(set) var places: [String: String] = [:]
  private(set) var problems: [SettingsError] = []

  init(open: Set<String>, place: @escaping (_ line: Int?) -> String) {
    self.place = place
    self.open = open
  }

  /// - Returns: the base with all of `given` that is right.
  mutating func merge(_ base: Node, with given: Node, path: [String] = []) -> Node {
    places[path.joined(separator: ".")] = place(given.mark?.line)
    switch base {
    case .mapping where open.contains(path.joined(separator: ".")): return dictionary(base, given, path: path)
    case .mapping(let known): return group(known, with: given, path: path)
    case .sequence: return list(base, given, path: path)
    case .scalar(let scalar): return value(SettingsType(scalar), given, path: path) ?? base
    case .alias: preconditionFailure("defaults hold no aliases")
    }
  }

  private mutating func group(_ known: Node.Mapping, with given: Node, path: [String]) -> Node {
    if case .scalar(let scalar) = given, scalar.string.isEmpty { return .mapping(known) }
    guard case .mapping(let entries) = given else {
      wrong(given, path, "a group of keys")
      return .mapping(known)
    }
    let names = known.map { SettingsKey.snakeCase($0.key.string ?? "") }
    var result = Array(known)
    for (key, value) in entries {
      guard let index = names.firstIndex(of: key.string ?? "") else {
        unknown(key, among: names, path: path)
        continue
      }
      result[index].value = merge(result[index].value, with: value, path: path + [names[index]])
    }
    return Node(result.map { ($0.key, $0.value) })
  }

  /// Any keys with numbers.
  private mutating func dictionary(_ base: Node, _ given: Node, path: [String]) -> Node {
    guard case .mapping(let entries) = given else {
      wrong(given, path, "a group of names with numbers")
      return base
    }
    var pairs: [(Node, Node)] = []
    for (key, value) in entries {
      let name = key.string ?? ""
      places[(path + [name]).joined(separator: ".")] = place(key.mark?.line)
      if let number = self.value(.number, value, path: path + [name]) { pairs.append((Node(name, Tag(.str)), number)) }
    }
    return Node(pairs)
  }

  private mutating func list(_ base: Node, _ given: Node, path: [String]) -> Node {
    switch given {
    case .sequence(let items):
      if let item = items.first(where: { $0.scalar == nil }) {
        wrong(item, path, "a list of plain values")
        return base
      }
      return Node(items.map { item in item.scalar.map { expanded($0, of: item, path: path) } ?? item })
    case .scalar(let scalar) where takesCommas:
      let items = scalar.string.split(separator: ",").map { Node.Scalar(Self.trimmed($0)) }
      return Node(items.map { expanded($0, of: given, path: path) })
    default:
      wrong(given, path, "a list, such as [a, b]")
      return base
    }
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }

  /// - Returns: nil for a value of another kind.
  private mutating func value(_ type: SettingsType, _ given: Node, path: [String]) -> Node? {
    guard case .scalar(let scalar) = given else {
      wrong(given, path, type.rawValue)
      return nil
    }
    // `null` and `~` are nothing, as where nothing stands.
    let text = given.tag.description == Tag.Name.null.rawValue ? "" : scalar.string
    guard let value = type.canonical(text) else {
      wrong(given, path, type.rawValue)
      return nil
    }
    guard type == .text, let scalar = value.scalar else { return value }
    return expanded(scalar, of: given, path: path)
  }

  /// The item as it decodes; itself when it stands for nothing else.
  private mutating func expanded(_ scalar: Node.Scalar, of given: Node, path: [String]) -> Node {
    guard let expansion else { return .scalar(scalar) }
    do {
      let text = try expansion(scalar.string)
      return text == scalar.string ? .scalar(scalar) : Node(text, Tag(.str))
    } catch {
      let reason = if case .setting(_, let reason) = error { reason } else { "\(error)" }
      problems.append(.invalid(place: place(given.mark?.line), reason: "\(name(path)) \(reason)"))
      return .scalar(scalar)
    }
  }

  private func name(_ path: [String]) -> String { (prefix + path).joined(separator: ".") }

  private mutating func wrong(_ given: Node, _ path: [String], _ words: String) {
    let key = prefix.isEmpty && path.isEmpty ? title : name(path)
    let isNothing = given.scalar?.string.isEmpty == true || given.tag.description == Tag.Name.null.rawValue
    let text = given.scalar.map { "'\(SettingsTree.clipped($0.string))'" } ?? SettingsTree.brief(given)
    problems.append(
      .invalid(place: place(given.mark?.line), reason: "\(key) must be \(words), not \(isNothing ? "nothing" : text)"))
  }

  private mutating func unknown(_ key: Node, among names: [String], path: [String]) {
    let text = key.string.map(SettingsTree.clipped) ?? SettingsTree.brief(key)
    let group = prefix.isEmpty && path.isEmpty ? "" : " in \(name(path))"
    let way =
      NearestName.find(text, among: names).map { "did you mean '\($0)'?" }
      ?? "keys there: \(names.joined(separator: ", "))"
    problems.append(.invalid(place: place(key.mark?.line), reason: "unknown key '\(text)'\(group); \(way)"))
  }
}
