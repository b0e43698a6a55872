// The turn that brings a stored picture upright.

/// How a stored picture is to be turned and mirrored for display: first mirrored left to right, then turned clockwise.
public struct Rotation: Sendable, Hashable {
  /// Quarter turns clockwise, 0...3.
  public var quarterTurns: Int
  /// Whether the picture is mirrored left to right before it is turned.
  public var isMirrored: Bool

  public init(quarterTurns: Int = 0, isMirrored: Bool = false) {
    self.quarterTurns = ((quarterTurns % 4) + 4) % 4
    self.isMirrored = isMirrored
  }

  /// The picture is stored as it is shown.
  public static let upright = Rotation()

  public var isUpright: Bool { self == .upright }

  /// Whether width and height change places.
  public var swapsSides: Bool { quarterTurns % 2 == 1 }

  /// The size of the displayed picture of a stored `width` × `height`.
  public func displaySize(width: Int, height: Int) -> (width: Int, height: Int) {
    swapsSides ? (height, width) : (width, height)
  }

  /// The stored place of the displayed pixel (`x`, `y`), the stored picture being `width` × `height`.
  public func storedPlace(x: Int, y: Int, width: Int, height: Int) -> (x: Int, y: Int) {
    let (storedX, storedY) =
      switch quarterTurns {
      case 1: (y, height - 1 - x)
      case 2: (width - 1 - x, height - 1 - y)
      case 3: (width - 1 - y, x)
      default: (x, y)
      }
    return (isMirrored ? width - 1 - storedX : storedX, storedY)
  }
}
