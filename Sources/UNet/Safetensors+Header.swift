// The JSON header of a safetensors file.

extension Safetensors {
  /// Tensor entries by name, and the metadata.
  struct Header {
    /// Type, shape and byte offsets from the end of the header.
    struct Entry: Codable {
      let dtype: String
      let shape: [Int]
      let offsets: [Int]

      private enum CodingKeys: String, CodingKey {
        case dtype, shape
        case offsets = "data_offsets"
      }
    }

    static let metadataKey = "__metadata__"

    var metadata: [String: String]
    var entries: [String: Entry]
  }
}

extension Safetensors.Header: Codable {
  /// Any text is a key.
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    (metadata, entries) = ([:], [:])
    for key in container.allKeys {
      if key.stringValue == Self.metadataKey {
        metadata = try container.decode([String: String].self, forKey: key)
      } else {
        entries[key.stringValue] = try container.decode(Entry.self, forKey: key)
      }
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(metadata, forKey: Key(stringValue: Self.metadataKey))
    for (name, entry) in entries { try container.encode(entry, forKey: Key(stringValue: name)) }
  }
}
