// Reads recipes: YAML laid over the defaults, nothing unknown let through.
import Foundation
import Yams

/// Gathers a recipe from files and options, each laid over what came before.
///
/// The defaults of `Part`, written as YAML, say which keys there are and of which type.
public struct RecipeReader<Part: RecipePart> {
  /// Keys are property names here, snake case outside.
  private var tree: Node
  /// Where each key was last set, by its path in snake case: `mine.yaml:12` or `--lr`.
  private var places: [String: String] = [:]

  /// Paths of groups that take any key.
  private let open: Set<String>

  /// Starts from the defaults.
  public init() {
    tree = RecipeTree.make(Part())
    open = Set(RecipeTree.flat(tree).filter { $0.text == "{}" }.map(\.path))
  }

  /// Paths of the keys that were set, in snake case.
  public var given: Set<String> { Set(places.keys) }

  /// Counts the keys that were set so far as not the user's.
  public mutating func forgetPlaces() { places = [:] }

  /// Lays YAML text over what is there.
  ///
  /// - Parameter name: of the file, for messages.
  /// - Throws: `TrainingError.recipe` with the line, for text that is no YAML, unknown keys and values of other types.
  public mutating func read(_ yaml: String, from name: String) throws(TrainingError) {
    guard let root = try RecipeTree.parse(yaml, from: name) else { return }
    var overlay = RecipeOverlay(open: open) { line in line.map { "\(name):\($0)" } ?? name }
    tree = try overlay.merge(tree, with: root, path: [])
    places.merge(overlay.places) { $1 }
  }

  /// Sets one key.
  ///
  /// - Parameters:
  ///   - path: `loss.label_smoothing`
  ///   - text: as in YAML; lists may be written `24,48,80`.
  ///   - option: where it came from, for messages: `--smoothing`.
  /// - Throws: `TrainingError.recipe`.
  public mutating func set(_ path: String, to text: String, from option: String) throws(TrainingError) {
    try set(path, to: try RecipeTree.parse(text, from: option) ?? Node(""), from: option)
  }

  /// Sets a key whose value is a list of texts, taken as they are.
  ///
  /// - Throws: `TrainingError.recipe`.
  public mutating func set(_ path: String, to texts: [String], from option: String) throws(TrainingError) {
    try set(path, to: Node(texts.map { Node($0, Tag(.str)) }), from: option)
  }

  /// Sets a key whose value is a text, taken as it is.
  ///
  /// - Throws: `TrainingError.recipe`.
  public mutating func set(_ path: String, toText text: String, from option: String) throws(TrainingError) {
    try set(path, to: Node(text, Tag(.str)), from: option)
  }

  private mutating func set(_ path: String, to value: Node, from option: String) throws(TrainingError) {
    let root = path.split(separator: ".", omittingEmptySubsequences: false).reversed().reduce(value) { inner, key in
      Node([(Node(String(key)), inner)])
    }
    var overlay = RecipeOverlay(open: open, takesCommas: true) { _ in option }
    tree = try overlay.merge(tree, with: root, path: [])
    places.merge(overlay.places) { $1 }
  }

  /// The recipe, checked.
  ///
  /// - Throws: `TrainingError.recipe` for values out of range or that contradict each other.
  public func recipe() throws(TrainingError) -> Part {
    let part = try decoded()
    do throws(TrainingError) {
      try part.checkAll()
    } catch .setting(let name, let reason) {
      throw .recipe(place: place(of: name), reason: "\(name) \(reason)")
    }
    return part
  }

  private func decoded() throws(TrainingError) -> Part {
    do {
      return try YAMLDecoder().decode(Part.self, from: tree)
    } catch let error as DecodingError {
      let (keys, reason) = RecipeTree.explain(error)
      let path = keys.map(RecipeKey.snakeCase).joined(separator: ".")
      throw .recipe(place: place(of: path), reason: "\(path) \(reason)")
    } catch {
      throw .recipe(place: "recipe", reason: "\(error)")
    }
  }

  /// Where the key, or the group that it is in, was set.
  private func place(of path: String) -> String {
    var keys = path.split(separator: ".").map(String.init)
    while !keys.isEmpty {
      if let place = places[keys.joined(separator: ".")] { return place }
      keys.removeLast()
    }
    return "recipe"
  }
}
