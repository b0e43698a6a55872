// How much memory pictures that were read may take.
import Foundation
public import Settings

/// Bytes of pictures to keep in memory, written `auto`, `2GiB` or `500MB`.
public enum CacheSize: Sendable, Hashable {
  /// A quarter of the memory that is free at the start, at most 4 GiB.
  case automatic
  case bytes(Int)

  /// Bytes, as things are now.
  var limit: Int {
    switch self {
    case .automatic: PictureCache.standardLimit
    case .bytes(let count): count
    }
  }

  private static let units: [(name: String, bytes: Double)] = [
    ("gib", 0x1p30), ("mib", 0x1p20), ("kib", 0x1p10), ("gb", 1e9), ("mb", 1e6), ("kb", 1e3), ("b", 1), ("", 1),
  ]

  /// - Returns: nil for text that is no size.
  public init?(_ text: String) {
    let text = text.lowercased()
    if text == "auto" {
      self = .automatic
      return
    }
    guard let unit = Self.units.first(where: { text.hasSuffix($0.name) }) else { return nil }
    let number = text.dropLast(unit.name.count).trimmingCharacters(in: .whitespaces)
    guard let count = Double(number).map({ $0 * unit.bytes }), (0...0x1p50).contains(count) else { return nil }
    self = .bytes(Int(count))
  }
}

extension CacheSize: CustomStringConvertible {
  /// In the largest unit that makes a whole number of it.
  public var description: String {
    guard case .bytes(let count) = self else { return "auto" }
    let unit = Self.units.first { count > 0 && Double(count).truncatingRemainder(dividingBy: $0.bytes) == 0 }
    let names = ["gib": "GiB", "mib": "MiB", "kib": "KiB", "gb": "GB", "mb": "MB", "kb": "kB"]
    return unit.flatMap { unit in names[unit.name].map { "\(count / Int(unit.bytes))\($0)" } } ?? "\(count)"
  }
}

extension CacheSize: WrittenSetting {
  public static var form: String { "auto or a size such as 2GiB or 500MB" }
}
