// Reads settings: YAML laid over the defaults, nothing unknown let through.
import Yams

/// Gathers settings from files and options, each laid over what came before.
///
/// The defaults of `Part`, written as YAML, say which keys there are and of which type.
public struct SettingsReader<Part: SettingsPart> {
  /// Turns what a text says into what it stands for, such as a secret.
  ///
  /// - Throws: `SettingsError.setting`, whose reason follows the key in a sentence.
  public typealias Expansion = (_ text: String) throws(SettingsError) -> String

  /// Keys are property names here, snake case outside.
  private var tree: Node
  /// Where each key was last set, by its path in snake case: `mine.yaml:12` or `--lr`.
  private var places: [String: String] = [:]
  /// Paths of groups that take any key.
  private let open: Set<String>
  /// The keys that the part stands under, for messages.
  private let prefix: [String]
  /// What messages name when a key was set nowhere.
  private let home: String
  /// Applied to each text that is read, none by default.
  public var expansion: Expansion?

  /// Starts from the defaults.
  public init() { self.init(over: Part(), at: [], home: Part.title.split(separator: " ").last.map(String.init) ?? "") }

  /// Starts from settings that are there.
  ///
  /// - Parameters:
  ///   - path: the keys that they stand under, for messages.
  ///   - home: what messages name when a key was set nowhere.
  public init(over part: Part, at path: [String], home: String) {
    let defaults = SettingsTree.make(Part())
    open = Set(SettingsTree.flat(defaults).filter { $0.text == "{}" }.map(\.path))
    (prefix, self.home) = (path, home)
    // Laid over the defaults, so that the text '5' is not taken for a number from then on.
    var overlay = SettingsOverlay(open: open) { _ in home }
    tree = overlay.merge(defaults, with: Self.written(SettingsTree.make(part), open: open))
  }

  /// The tree with its keys as they are written.
  private static func written(_ tree: Node, open: Set<String>, path: [String] = []) -> Node {
    guard case .mapping(let mapping) = tree, !open.contains(path.joined(separator: ".")) else { return tree }
    return Node(
      mapping.map { key, value in
        let name = SettingsKey.snakeCase(key.string ?? "")
        return (Node(name, Tag(.str)), written(value, open: open, path: path + [name]))
      })
  }

  /// Paths of the keys that were set, in snake case.
  public var given: Set<String> { Set(places.keys) }

  /// Counts the keys that were set so far as not the user's.
  public mutating func forgetPlaces() { places = [:] }

  /// Lays YAML text over what is there.
  ///
  /// - Parameter name: of the file, for messages.
  /// - Throws: `SettingsError.invalid` with the line, for text that is no YAML, unknown keys and values of other types.
  public mutating func read(_ yaml: String, from name: String) throws(SettingsError) {
    try read(SettingsDocument(yaml, from: name, kind: Part.title))
  }

  /// Lays a document over what is there.
  ///
  /// - Throws: `SettingsError`; then nothing has changed.
  public mutating func read(_ document: SettingsDocument) throws(SettingsError) {
    var other = self
    if let error = SettingsError(other.gather(document)) { throw error }
    self = other
  }

  /// Lays all of a document over what is there that is right.
  ///
  /// - Returns: the rest's errors, in order.
  public mutating func gather(_ document: SettingsDocument) -> [SettingsError] {
    guard let root = document.root else { return [] }
    return lay(root, takesCommas: false) { document.place($0 ?? document.line) }
  }

  /// Sets one key.
  ///
  /// - Parameters:
  ///   - path: `loss.label_smoothing`
  ///   - text: as in YAML; lists may be written `24,48,80`.
  ///   - option: where it came from, for messages: `--smoothing`.
  /// - Throws: `SettingsError.invalid`.
  public mutating func set(_ path: String, to text: String, from option: String) throws(SettingsError) {
    let value = try SettingsDocument(text, from: option, kind: Part.title, hasLines: false).root
    try set(path, to: value ?? Node(""), from: option)
  }

  /// Sets a key whose value is a list of texts, taken as they are.
  ///
  /// - Throws: `SettingsError.invalid`.
  public mutating func set(_ path: String, to texts: [String], from option: String) throws(SettingsError) {
    try set(path, to: Node(texts.map { Node($0, Tag(.str)) }), from: option)
  }

  /// Sets a key whose value is a text, taken as it is.
  ///
  /// - Throws: `SettingsError.invalid`.
  public mutating func set(_ path: String, toText text: String, from option: String) throws(SettingsError) {
    try set(path, to: Node(text, Tag(.str)), from: option)
  }

  private mutating func set(_ path: String, to value: Node, from option: String) throws(SettingsError) {
    let root = path.split(separator: ".", omittingEmptySubsequences: false).reversed().reduce(value) { inner, key in
      Node([(Node(String(key)), inner)])
    }
    var other = self
    if let error = SettingsError(other.lay(root, takesCommas: true, place: { _ in option })) { throw error }
    self = other
  }

  private mutating func lay(
    _ root: Node, takesCommas: Bool, place: @escaping (_ line: Int?) -> String
  ) -> [SettingsError] {
    var overlay = SettingsOverlay(open: open, place: place)
    (overlay.title, overlay.prefix, overlay.takesCommas) = (Part.title, prefix, takesCommas)
    overlay.expansion = expansion
    tree = overlay.merge(tree, with: root)
    places.merge(overlay.places) { $1 }
    return overlay.problems
  }

  /// The settings, checked.
  ///
  /// - Throws: `SettingsError` for values out of range or that contradict each other.
  public func value() throws(SettingsError) -> Part {
    let (value, problems) = gatherValue()
    if let error = SettingsError(problems) { throw error }
    return value
  }

  /// The settings, and what is wrong with them; a value that is none has its default.
  public func gatherValue() -> (value: Part, problems: [SettingsError]) {
    var (tree, problems) = (tree, [SettingsError]())
    while true {
      do {
        let part = try YAMLDecoder().decode(Part.self, from: tree)
        return (part, problems + part.problems().map(located))
      } catch let error as DecodingError {
        let (keys, reason) = SettingsTree.explain(error)
        let path = keys.map(SettingsKey.snakeCase).joined(separator: ".")
        problems.append(located(.setting(name: path, reason: reason)))
        guard let next = Self.reset(keys, in: tree, to: SettingsTree.make(Part())) else { return (Part(), problems) }
        tree = next
      } catch {
        return (Part(), problems + [.invalid(place: home, reason: "\(error)")])
      }
    }
  }

  /// The tree with the default of a key in its place; nil where that changes nothing.
  private static func reset(_ keys: [String], in tree: Node, to defaults: Node) -> Node? {
    guard let key = keys.first else { return tree == defaults ? nil : defaults }
    guard var mapping = tree.mapping, let (value, initial) = both(mapping[key], defaults[key]) else { return nil }
    guard let next = reset(Array(keys.dropFirst()), in: value, to: initial) else { return nil }
    mapping[Node(key)] = next
    return .mapping(mapping)
  }

  private static func both(_ a: Node?, _ b: Node?) -> (Node, Node)? { a.flatMap { a in b.map { (a, $0) } } }

  /// The problem of a key with where the key, or the group that it is in, was set.
  public func located(_ problem: SettingsError) -> SettingsError {
    guard case .setting(let name, let reason) = problem else { return problem }
    var keys = name.split(separator: ".").map(String.init)
    while !keys.isEmpty, places[keys.joined(separator: ".")] == nil { keys.removeLast() }
    let place = keys.isEmpty ? home : places[keys.joined(separator: ".")] ?? home
    return .invalid(place: place, reason: "\((prefix + [name]).joined(separator: ".")) \(reason)")
  }
}
