// Writes settings with every key and what it means.
import Yams

extension SettingsPart {
  /// The settings as YAML: every key in order of declaration, each with its note as a comment.
  public var yaml: String { SettingsText.lines(of: self, indent: 0).joined(separator: "\n") + "\n" }

  /// Values by key path in snake case, one line each.
  public var settings: [String: String] {
    Dictionary(uniqueKeysWithValues: SettingsTree.flat(SettingsTree.make(self)).map { ($0.path, $0.text) })
  }
}

enum SettingsText {
  /// Where comments begin, where the value leaves room.
  private static let column = 30

  static func lines(of part: any SettingsPart, indent: Int) -> [String] {
    let notes = type(of: part).notes
    let parts = Dictionary(
      uniqueKeysWithValues: Mirror(reflecting: part).children.compactMap { child in
        (child.value as? any SettingsPart).flatMap { part in child.label.map { ($0, part) } }
      })
    guard let keys = SettingsTree.make(part).mapping else { return [] }
    return keys.flatMap { key, value -> [String] in
      let name = key.string ?? ""
      let start = String(repeating: " ", count: indent) + SettingsKey.snakeCase(name) + ":"
      if let part = parts[name] { return [commented(start, notes[name])] + lines(of: part, indent: indent + 2) }
      return [commented("\(start) \(SettingsTree.text(value))", notes[name])]
    }
  }

  private static func commented(_ line: String, _ note: String?) -> String {
    guard let note else { return line }
    return line + String(repeating: " ", count: max(2, column - line.count)) + "# " + note
  }
}
