// The classes a network tells apart.

/// One class of pixels: its name and the colour it is painted in.
public struct PixelClass: Sendable, Hashable, Codable {
  public let name: String
  public let color: ClassColor

  public init(name: String, color: ClassColor) {
    self.name = name
    self.color = color
  }
}

/// A colour as 8-bit full-range R, G, B; in JSON a string `#rrggbb`.
public struct ClassColor: Sendable, Hashable {
  public let red, green, blue: UInt8

  public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  /// The colour written `#rrggbb`; nil for any other text.
  public init?(_ text: String) {
    let digits = text.utf8.dropFirst()
    guard text.utf8.first == UInt8(ascii: "#"), digits.count == 6 else { return nil }
    guard digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }) else { return nil }
    guard let value = UInt32(text.dropFirst(), radix: 16) else { return nil }
    self.init(UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255))
  }
}

extension ClassColor: CustomStringConvertible {
  public var description: String {
    "#" + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

extension ClassColor: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let color = ClassColor(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a colour is written #rrggbb, not \(text)")
    }
    self = color
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
