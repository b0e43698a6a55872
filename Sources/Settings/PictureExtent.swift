// Sizes of pictures as people write them.

/// Width and height of a picture: `288x224`.
public struct PictureExtent: Sendable, Hashable {
  public var width, height: Int

  public init(width: Int, height: Int) { (self.width, self.height) = (width, height) }

  /// Pixels along a side, as many as models may have.
  private static let longest = 16_384

  /// - Returns: nil for text that is no size.
  public init?(_ text: String) {
    let sides = text.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard sides.count == 2, let width = sides[0], let height = sides[1], (1...Self.longest).contains(width),
      (1...Self.longest).contains(height)
    else { return nil }
    self.init(width: width, height: height)
  }
}

extension PictureExtent: CustomStringConvertible {
  public var description: String { "\(width)x\(height)" }
}

extension PictureExtent: WrittenSetting {
  public static var form: String { "WIDTHxHEIGHT such as 288x224" }
}
