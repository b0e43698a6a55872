// How a network gets from one level to the next larger one.

/// The layer before each concatenation: a transposed convolution of stride 2 that doubles height and width.
///
/// A window of 4 says every doubling whose output pixels read a 2×2 window of the input: also a 3×3 transposed
/// convolution, whichever side it leans to, and nearest-neighbour enlargement followed by a 2×2 or 3×3 convolution.
public struct Upsampling: Sendable, Hashable, Codable {
  /// 2, or 4 with a padding of 1.
  public let window: Int
  /// Whether a ReLU follows.
  public let isRectified: Bool

  public init(window: Int, isRectified: Bool) {
    self.window = window
    self.isRectified = isRectified
  }

  /// Window 2 without a ReLU, as in models that say nothing about it.
  public static let standard = Upsampling(window: 2, isRectified: false)

  private enum CodingKeys: String, CodingKey {
    case window
    case isRectified = "relu"
  }
}
