// What recipes are made of.
import Settings

/// A group of a recipe's keys: a struct whose properties all have defaults.
///
/// Keys in YAML are the property names in snake case. Properties are numbers, texts, lists of them, choices, other parts,
/// or `[String: Double]` that is empty by default and takes any key. Optionals vanish from YAML: use 0, "" or a choice.
public protocol RecipePart: Codable, Sendable, Hashable {
  init()
  /// One line about each property, by its name, for the comments of a written recipe.
  static var notes: [String: String] { get }
  /// - Throws: `TrainingError.setting` with the key (`fog.probability` for one of a part within) that is out of its range
  ///   or contradicts another.
  func check() throws(TrainingError)
}

extension RecipePart {
  public static var notes: [String: String] { [:] }
  public func check() throws(TrainingError) {}

  /// Checks the parts within, then the whole; names keys from `path` on.
  func checkAll(_ path: [String] = []) throws(TrainingError) {
    for child in Mirror(reflecting: self).children {
      guard let part = child.value as? any RecipePart, let label = child.label else { continue }
      try part.checkAll(path + [RecipeKey.snakeCase(label)])
    }
    do throws(TrainingError) {
      try check()
    } catch .setting(let name, let reason) {
      throw .setting(name: (path + [name]).joined(separator: "."), reason: reason)
    }
  }
}

/// One of a few words in a recipe.
public protocol RecipeChoice: RawRepresentable<String>, CaseIterable, Codable, Sendable, Hashable {}

extension RecipeChoice {
  /// - Throws: `DecodingError.dataCorrupted` that lists the words and names the nearest.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = Self(rawValue: text) else {
      let reason = "must be one of " + NearestName.text(unknown: text, known: Self.allCases.map(\.rawValue))
      throw DecodingError.dataCorruptedError(in: container, debugDescription: reason)
    }
    self = value
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }
}

/// How properties are called in YAML.
enum RecipeKey {
  /// `labelSmoothing` becomes `label_smoothing`.
  static func snakeCase(_ name: String) -> String {
    name.reduce(into: "") { text, letter in
      if letter.isUppercase, !text.isEmpty { text.append("_") }
      text.append(letter.lowercased())
    }
  }
}
