// Settings that are one of a few words.

/// One of a few words.
public protocol SettingsChoice: RawRepresentable<String>, CaseIterable, Codable, Sendable, Hashable {}

extension SettingsChoice {
  /// - Throws: `DecodingError.dataCorrupted` that lists the words and names the nearest.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = Self(rawValue: text) else {
      let reason = SettingsCheck.choiceReason(text, Self.allCases.map(\.rawValue))
      throw DecodingError.dataCorruptedError(in: container, debugDescription: reason)
    }
    self = value
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }
}
