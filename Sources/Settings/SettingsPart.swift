// What settings are made of.

/// A group of keys: a struct whose properties all have defaults.
///
/// Keys in YAML are the property names in snake case. Properties are numbers, texts, lists of them, choices, other parts,
/// or `[String: Double]` that is empty by default and takes any key. Optionals vanish from YAML: use 0, "" or a choice.
public protocol SettingsPart: Codable, Sendable, Hashable {
  init()
  /// What a whole of this kind is called in messages: "a recipe".
  static var title: String { get }
  /// One line about each property, by its name, for the comments of written settings.
  static var notes: [String: String] { get }
  /// - Throws: `SettingsError.setting` with the key (`fog.probability` for one of a part within) that is out of its range
  ///   or contradicts another.
  func check() throws(SettingsError)
}

extension SettingsPart {
  public static var title: String { "a configuration" }
  public static var notes: [String: String] { [:] }
  public func check() throws(SettingsError) {}

  /// Checks the parts within, then the whole.
  ///
  /// - Throws: the first of `problems()`.
  public func checkAll() throws(SettingsError) {
    if let problem = problems().first { throw problem }
  }

  /// What is wrong with the parts within, then with the whole, as `SettingsError.setting` with keys from `path` on; the
  /// first of each part.
  public func problems(_ path: [String] = []) -> [SettingsError] {
    var found: [SettingsError] = []
    for child in Mirror(reflecting: self).children {
      guard let part = child.value as? any SettingsPart, let label = child.label else { continue }
      found += part.problems(path + [SettingsKey.snakeCase(label)])
    }
    do throws(SettingsError) {
      try check()
    } catch .setting(let name, let reason) {
      found.append(.setting(name: (path + [name]).joined(separator: "."), reason: reason))
    } catch {
      found.append(error)
    }
    return found
  }
}

/// How properties are called in YAML.
public enum SettingsKey {
  /// `labelSmoothing` becomes `label_smoothing`.
  public static func snakeCase(_ name: String) -> String {
    name.reduce(into: "") { text, letter in
      if letter.isUppercase, !text.isEmpty { text.append("_") }
      text.append(letter.lowercased())
    }
  }
}
