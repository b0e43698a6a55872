// YAML text, taken apart but not yet understood.
import Yams

/// A YAML document, or a part of one, with where it was written.
public struct SettingsDocument {
  /// What messages call the text.
  let name: String
  private(set) var root: Node?
  /// Whether messages tell the line.
  let hasLines: Bool
  /// The line of the key that it stands under, for a part of a document.
  let line: Int?

  /// The longest text that is read, in bytes.
  private static let limit = 1 << 20
  /// A few aliases nest to thousands of values, many to more than memory holds.
  private static let mostAliases = 16

  private init(name: String, root: Node?, hasLines: Bool, line: Int?) {
    (self.name, self.root, self.hasLines, self.line) = (name, root, hasLines, line)
  }

  /// Reads YAML or JSON.
  ///
  /// - Parameters:
  ///   - name: of the file, for messages.
  ///   - kind: what it should be, for messages: "a recipe".
  ///   - hasLines: whether messages tell the line.
  /// - Throws: `SettingsError.invalid` with the line, for text that is no YAML, or too much of it.
  public init(
    _ text: String, from name: String, kind: String = "a configuration", hasLines: Bool = true
  ) throws(SettingsError) {
    self.init(name: name, root: nil, hasLines: hasLines, line: nil)
    root = try parse(text, kind: kind)
  }

  func place(_ line: Int?) -> String { line.flatMap { hasLines ? "\(name):\($0)" : nil } ?? name }

  /// Where it begins, for messages.
  public var place: String { place(line) }

  /// Takes the groups under a key out of the document: `streams` with its names.
  ///
  /// - Returns: the document without the key, and the values by their names in order; none when the key is not there.
  /// - Throws: `SettingsError.invalid` when something else than named groups stands there.
  public func split(
    at key: String
  ) throws(SettingsError) -> (rest: SettingsDocument, parts: [(name: String, part: SettingsDocument)]) {
    guard case .mapping(let entries) = root, let found = entries.first(where: { $0.key.string == key }) else {
      return (self, [])
    }
    let rest = SettingsDocument(
      name: name, root: Node(entries.filter { $0.key.string != key }.map { ($0.key, $0.value) }), hasLines: hasLines,
      line: line)
    if case .scalar(let scalar) = found.value, scalar.string.isEmpty { return (rest, []) }
    guard case .mapping(let named) = found.value else {
      let what = SettingsTree.brief(found.value)
      throw .invalid(place: place(found.key.mark?.line), reason: "\(key) must be a group of names, not \(what)")
    }
    let parts = named.map { entry in
      let part = SettingsDocument(name: name, root: entry.value, hasLines: hasLines, line: entry.key.mark?.line)
      return (name: entry.key.string ?? SettingsTree.brief(entry.key), part: part)
    }
    return (rest, parts)
  }

  /// Takes the text of a key out of the document.
  ///
  /// - Returns: the document without the key, and its text; nil when the key is not there or holds no text.
  public func removing(_ key: String) -> (rest: SettingsDocument, text: String?) {
    guard case .mapping(let entries) = root else { return (self, nil) }
    let rest = Node(entries.filter { $0.key.string != key }.map { ($0.key, $0.value) })
    let text = entries.first { $0.key.string == key }?.value.scalar?.string
    return (SettingsDocument(name: name, root: rest, hasLines: hasLines, line: line), text)
  }

  private func parse(_ text: String, kind: String) throws(SettingsError) -> Node? {
    guard text.utf8.count <= Self.limit else { throw .invalid(place: name, reason: "is too long for \(kind)") }
    guard Self.aliases(in: text) <= Self.mostAliases else {
      throw .invalid(place: name, reason: "has more than \(Self.mostAliases) aliases (*NAME); write their values out")
    }
    do {
      return try compose(yaml: text)
    } catch let error as YamlError {
      let (line, reason) = Self.explain(error, text)
      throw .invalid(place: place(line), reason: reason)
    } catch {
      throw .invalid(place: name, reason: "\(error)")
    }
  }

  /// How many `*NAME` there may be at most: those that follow what can stand before a value.
  private static func aliases(in text: String) -> Int {
    var (count, before) = (0, UInt8(ascii: " "))
    for byte in text.utf8 {
      if byte == UInt8(ascii: "*"), " \t\n\r[{,:?-".utf8.contains(before) { count += 1 }
      before = byte
    }
    return count
  }

  private static func explain(_ error: YamlError, _ text: String) -> (line: Int?, reason: String) {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      (mark.line, "no YAML: \(problem)")
    case .reader(let problem, let offset, _, _):
      (offset.map { 1 + text.utf8.prefix($0).count { $0 == UInt8(ascii: "\n") } }, "no YAML: \(problem)")
    case .duplicatedKeysInMapping(let keys, let context):
      (context.mark.line, "says \(keys.map { "'\(SettingsTree.clipped($0))'" }.joined(separator: ", ")) twice")
    default: (nil, "no YAML: \(error)")
    }
  }
}
