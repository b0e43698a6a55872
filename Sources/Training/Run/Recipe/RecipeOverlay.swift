// Lays what somebody wrote over the defaults.
import Settings
import Yams

/// One source of settings on its way into a tree.
struct RecipeOverlay {
  /// Names the place of a line, for messages.
  let place: (_ line: Int?) -> String
  /// Paths of groups that take any key.
  let open: Set<String>
  /// Whether lists may be written `24,48,80`, as on a command line.
  var takesCommas = false
  /// By path in snake case, where each key was set.
  private(set) var places: [String: String] = [:]

  init(open: Set<String>, takesCommas: Bool = false, place: @escaping (_ line: Int?) -> String) {
    self.place = place
    self.open = open
    self.takesCommas = takesCommas
  }

  /// - Throws: `TrainingError.recipe`.
  mutating func merge(_ base: Node, with given: Node, path: [String]) throws(TrainingError) -> Node {
    places[path.joined(separator: ".")] = place(given.mark?.line)
    switch base {
    case .mapping where open.contains(path.joined(separator: ".")): return try dictionary(given, path: path)
    case .mapping(let known): return try group(known, with: given, path: path)
    case .sequence: return try list(given, path: path)
    case .scalar(let scalar): return try value(RecipeType(scalar), given, path: path)
    case .alias: preconditionFailure("defaults hold no aliases")
    }
  }

  private mutating func group(_ known: Node.Mapping, with given: Node, path: [String]) throws(TrainingError) -> Node {
    if case .scalar(let scalar) = given, scalar.string.isEmpty { return .mapping(known) }
    guard case .mapping(let entries) = given else { throw wrong(given, path, "a group of keys") }
    let names = known.map { RecipeKey.snakeCase($0.key.string ?? "") }
    var result = Array(known)
    for (key, value) in entries {
      guard let index = names.firstIndex(of: key.string ?? "") else {
        throw unknown(key, among: names, path: path)
      }
      result[index].value = try merge(result[index].value, with: value, path: path + [names[index]])
    }
    return Node(result.map { ($0.key, $0.value) })
  }

  /// Any keys with numbers.
  private mutating func dictionary(_ given: Node, path: [String]) throws(TrainingError) -> Node {
    guard case .mapping(let entries) = given else { throw wrong(given, path, "a group of names with numbers") }
    var pairs: [(Node, Node)] = []
    for (key, value) in entries {
      let name = key.string ?? ""
      places[(path + [name]).joined(separator: ".")] = place(key.mark?.line)
      pairs.append((Node(name, Tag(.str)), try self.value(.number, value, path: path + [name])))
    }
    return Node(pairs)
  }

  private func list(_ given: Node, path: [String]) throws(TrainingError) -> Node {
    switch given {
    case .sequence(let items):
      for item in items where item.scalar == nil { throw wrong(item, path, "a list of plain values") }
      return given
    case .scalar(let scalar) where takesCommas:
      return Node(scalar.string.split(separator: ",").map { Node(String($0)) })
    default: throw wrong(given, path, "a list, such as [a, b]")
    }
  }

  private func value(_ type: RecipeType, _ given: Node, path: [String]) throws(TrainingError) -> Node {
    guard case .scalar(let scalar) = given, let value = type.canonical(scalar.string) else {
      throw wrong(given, path, type.rawValue)
    }
    return value
  }

  private func wrong(_ given: Node, _ path: [String], _ words: String) -> TrainingError {
    let key = path.isEmpty ? "a recipe" : path.joined(separator: ".")
    let what = given.scalar.map { $0.string.isEmpty ? "nothing" : "'\($0.string)'" } ?? RecipeTree.text(given)
    return .recipe(place: place(given.mark?.line), reason: "\(key) must be \(words), not \(what)")
  }

  private func unknown(_ key: Node, among names: [String], path: [String]) -> TrainingError {
    let name = key.string ?? RecipeTree.text(key)
    let group = path.isEmpty ? "" : " in \(path.joined(separator: "."))"
    let way =
      NearestName.find(name, among: names).map { "did you mean '\($0)'?" }
      ?? "keys there: \(names.joined(separator: ", "))"
    return .recipe(place: place(key.mark?.line), reason: "unknown key '\(name)'\(group); \(way)")
  }
}
