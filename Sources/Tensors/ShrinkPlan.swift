// What shrinking YUV 4:2:0 to RGB needs besides the pictures.
package import CKernels

/// The tables and the working lines for frames of one size and colour. One thread at a time.
public final class ShrinkPlan {
  /// What a plan is made for.
  public struct Key: Hashable, Sendable {
    /// Size of the frame in luma samples, and of the result.
    public var width, height, toWidth, toHeight: Int
    /// The luma weights of the frame's matrix.
    public var red, blue: Double
    /// Whether samples go from 0 to 255, not from 16 to 235 or 240.
    public var isFull: Bool

    public init(
      width: Int, height: Int, toWidth: Int, toHeight: Int, red: Double, blue: Double, isFull: Bool
    ) {
      (self.width, self.height, self.toWidth, self.toHeight) = (width, height, toWidth, toHeight)
      (self.red, self.blue, self.isFull) = (red, blue, isFull)
    }

    /// Whether there is a plan for it: even sizes of which one shrinks and the other one too, or stays; to no less than
    /// an eighth.
    public var isPossible: Bool {
      (width, height) != (toWidth, toHeight) && Self.isPossible(width, toWidth) && Self.isPossible(height, toHeight)
    }

    private static func isPossible(_ from: Int, _ to: Int) -> Bool {
      from % 2 == 0 && from <= 65534 && to > 0 && to <= from && from <= 8 * to
    }
  }

  public let key: Key
  private let across: [ScaleAxis]
  private let down: [ScaleAxis]
  private let lines: [UnsafeMutablePointer<Int16>]

  /// - Precondition: the key is possible.
  public init(_ key: Key) {
    precondition(key.isPossible, "no plan to shrink \(key.width)×\(key.height) to \(key.toWidth)×\(key.toHeight)")
    self.key = key
    across = [ScaleAxis(from: key.width, to: key.toWidth), ScaleAxis(from: key.width / 2, to: key.toWidth)]
    down = [ScaleAxis(from: key.height, to: key.toHeight), ScaleAxis(from: key.height / 2, to: key.toHeight)]
    lines = [key.width, key.toWidth, key.toWidth, key.toWidth].map {
      let room = $0 + Int(CK_SCALE_PADDING)
      let line = UnsafeMutablePointer<Int16>.allocate(capacity: room)
      line.initialize(repeating: 0, count: room)
      return line
    }
  }

  deinit { for line in lines { line.deallocate() } }

  /// All but the pictures.
  package var arguments: ck_scale_args {
    var args = ck_scale_args()
    args.src_width = (Int32(key.width), Int32(key.width / 2))
    args.across = (across[0].view, across[1].view)
    args.down = (down[0].view, down[1].view)
    args.color = color
    (args.width, args.height) = (Int32(key.toWidth), Int32(key.toHeight))
    args.tall = lines[0]
    args.line = (lines[1], lines[2], lines[3])
    return args
  }

  /// - Source: ITU-T H.273, equations for MatrixCoefficients and VideoFullRangeFlag.
  private var color: ck_scale_color {
    let (luma, chroma) = key.isFull ? (1.0, 1.0) : (255.0 / 219, 255.0 / 224)
    let green = 1 - key.red - key.blue
    func fixed(_ coefficient: Double) -> Int32 { Int32((coefficient * 8192).rounded()) }
    var color = ck_scale_color()
    color.luma = fixed(luma)
    color.red_v = fixed(2 * (1 - key.red) * chroma)
    color.blue_u = fixed(2 * (1 - key.blue) * chroma)
    color.green_u = fixed(-2 * key.blue * (1 - key.blue) / green * chroma)
    color.green_v = fixed(-2 * key.red * (1 - key.red) / green * chroma)
    // Black and no colour are at 16 and 128; lines are in units of 2^-7.
    let black = (key.isFull ? 0 : 16) * 128 * color.luma
    let (half, none) = (Int32(1 << 19), Int32(128 * 128))
    color.red = half - black - none * color.red_v
    color.green = half - black - none * (color.green_u + color.green_v)
    color.blue = half - black - none * color.blue_u
    return color
  }
}
