// Settings that are written as one text.

/// A value with a written form of its own, such as `200ms` or `288x224`.
public protocol WrittenSetting: Codable, CustomStringConvertible, Sendable {
  /// What the text must be, for the error: "WIDTHxHEIGHT such as 288x224".
  static var form: String { get }

  /// - Returns: nil for text that is none.
  init?(_ text: String)
}

extension WrittenSetting {
  /// - Throws: `DecodingError.dataCorrupted` for text that is none.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = Self(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "must be \(Self.form), not '\(text)'")
    }
    self = value
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
