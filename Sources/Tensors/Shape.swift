// The shape of an activation.

/// Height, width and channels of one NHWC activation with N = 1.
public struct Shape: Hashable, Sendable, CustomStringConvertible {
  public var height: Int
  public var width: Int
  /// The logical count.
  public var channels: Int

  public init(height: Int, width: Int, channels: Int) {
    precondition(
      height > 0 && width > 0 && channels > 0, "a shape needs positive sides, not \(height)x\(width)x\(channels)")
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// Channels in memory: a multiple of 4, what one dot product instruction takes at once.
  public var storedChannels: Int { (channels + 3) / 4 * 4 }

  /// Logical elements.
  public var count: Int { height * width * channels }

  /// Half the height and width; both must be even.
  public var halved: Shape {
    precondition(height % 2 == 0 && width % 2 == 0, "\(self) cannot be halved")
    return Shape(height: height / 2, width: width / 2, channels: channels)
  }

  public var description: String { "\(height)x\(width)x\(channels)" }
}
