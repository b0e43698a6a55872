import Frames
import Tensors
import Testing
import Video

@testable import Pipeline

/// The special case for 8-bit 4:2:0 against swscale and against area averages in double precision.
@Suite struct AreaScalerTests {
  /// Colours of the tests: BT.601, BT.709 and BT.2020 by code point, and range.
  static let colors = [Int32(6), 1, 9].flatMap { matrix in
    [ColorDescription.Range.limited, .full].map { ColorDescription(matrix: matrix, range: $0) }
  }
  /// Sizes of frames and results, from hardly smaller to an eighth.
  static let sizes = [
    (from: (1280, 720), to: (576, 320)), (from: (640, 480), to: (480, 352)), (from: (300, 200), to: (100, 99)),
    (from: (256, 128), to: (32, 16)), (from: (96, 64), to: (96, 60)),
  ]

  /// The error of a perfect result is 0.5 at most. Where both round nearly all pixels right, chance decides by 0.0002.
  @Test(arguments: colors, sizes.indices)
  func resultsAreAtLeastAsNearToExactAveragesAsSwscales(color: ColorDescription, index: Int) throws {
    let (from, to) = Self.sizes[index]
    for picture in TestPicture.allCases {
      let frame = picture.frame(width: from.0, height: from.1, color: color)
      let exact = ExactAverages(frame, width: to.0, height: to.1)
      let ours = try scaled(frame, to, shortcut: AreaScaler(kernels: .best))
      let others = try scaled(frame, to, shortcut: nil)
      let (error, other, gap) = (exact.error(ours), exact.error(others), difference(ours, others))
      #expect(error.largest <= 0.56 && error.mean <= 0.26, "\(picture), \(to): \(error)")
      #expect(error.mean <= other.mean + 0.0002, "\(picture), \(to): \(error), swscale \(other)")
      #expect(gap.largest <= 2 && gap.mean <= 0.2, "\(picture), \(to): \(gap) to swscale")
    }
  }

  @Test(arguments: CPUTier.supported) func everyTierGivesTheSamePicture(tier: CPUTier) throws {
    let frame = TestPicture.noise.frame(width: 322, height: 246, color: Self.colors[0])
    let expected = try scaled(frame, (150, 96), shortcut: AreaScaler(kernels: Kernels(tier: .c)))
    let actual = try scaled(frame, (150, 96), shortcut: AreaScaler(kernels: Kernels(tier: tier)))
    #expect(difference(expected, actual).largest == 0)
  }

  @Test func flatColoursStayWhatTheyAre() throws {
    for (color, wanted) in [(Self.colors[0], [16, 128, 128]), (Self.colors[1], [255, 128, 128])] {
      let frame = Frame(width: 64, height: 48, format: .yuv420p)
      frame.color = color
      for (plane, value) in zip(frame.planes, wanted) {
        for y in 0..<plane.height { for x in 0..<plane.width { plane.row(y)[x] = UInt8(value) } }
      }
      let small = try scaled(frame, (30, 22), shortcut: AreaScaler(kernels: .best))
      let level: UInt8 = wanted[0] == 255 ? 255 : 0
      for x in 0..<30 { for k in 0..<4 { #expect(small.planes[0].row(21)[4 * x + k] == (k < 3 ? level : 0)) } }
    }
  }

  @Test func whatItDoesNotKnowGoesToSwscale() {
    let scaler = AreaScaler(kernels: .best)
    let small = Frame(width: 32, height: 32, format: .rgb0)
    for format in PixelFormat.allCases where format != .yuv420p {
      #expect(!scaler.scale(Frame(width: 64, height: 64, format: format), into: small))
    }
    for (width, height) in [(32, 32), (65, 64), (64, 63), (30, 64), (64, 30), (258, 64), (64, 300)] {
      #expect(!scaler.scale(Frame(width: width, height: height, format: .yuv420p), into: small))
    }
    #expect(scaler.scale(Frame(width: 64, height: 64, format: .yuv420p), into: small))
  }

  @Test(arguments: 0..<4) func turnedFramesAreUpright(turns: Int) throws {
    let color = ColorDescription(matrix: 1, range: .limited)
    let frame = TestPicture.bars.frame(width: 128, height: 96, color: color)
    frame.rotation = Rotation(quarterTurns: turns, isMirrored: false)
    let size = turns % 2 == 0 ? (64, 48) : (48, 64)
    let ours = try scaled(frame, size, shortcut: AreaScaler(kernels: .best))
    #expect(try difference(ours, scaled(frame, size, shortcut: nil)).largest <= 2)
  }

  private func scaled(_ frame: Frame, _ size: (Int, Int), shortcut: AreaScaler?) throws -> Frame {
    try Scaler(width: size.0, height: size.1, shortcut: shortcut).scale(frame)
  }

  /// Over R, G and B of all pixels.
  private func difference(_ a: Frame, _ b: Frame) -> (largest: Int, mean: Double) {
    var (largest, sum) = (0, 0)
    for y in 0..<a.height {
      for i in 0..<4 * a.width {
        let apart = abs(Int(a.planes[0].row(y)[i]) - Int(b.planes[0].row(y)[i]))
        largest = max(largest, apart)
        sum += apart
      }
    }
    return (largest, Double(sum) / Double(3 * a.width * a.height))
  }
}
