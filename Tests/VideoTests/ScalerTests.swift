import Frames
import Testing
import Video

@Suite struct ScalerTests {
  /// What a flat YUV colour is in RGB, by the equations of H.273.
  @Test(arguments: [Int32(1), 2, 5, 6, 9], [ColorDescription.Range.limited, .full])
  func matrixAndRangeOfTheFrameAreHonoured(matrix: Int32, range: ColorDescription.Range) throws {
    let color = ColorDescription(matrix: matrix, range: range)
    for wanted in [RGB(200, 40, 90), RGB(10, 220, 30), RGB(255, 255, 255), RGB(0, 0, 0), RGB(30, 60, 200)] {
      for format in [PixelFormat.yuv420p, .yuv422p, .yuv444p, .yuv420p10, .yuv444p10] {
        let frame = flat(wanted, width: 50, height: 38, format: format, color: color)
        let small = try Scaler(width: 16, height: 12).scale(frame)
        let pixel = small.planes[0].row(6) + 8 * 4
        let found = [pixel[0], pixel[1], pixel[2]].map(Int.init)
        let expected = [wanted.red, wanted.green, wanted.blue].map(Int.init)
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 3 }, "\(format): \(found), not \(expected)")
        #expect(pixel[3] == 0)
      }
    }
  }

  @Test(arguments: 0..<4, [false, true])
  func theResultIsUpright(turns: Int, isMirrored: Bool) throws {
    let frame = Frame(width: 40, height: 24, format: .gbrp)
    for y in 0..<24 {
      for x in 0..<40 {
        frame.planes[2].row(y)[x] = UInt8(x * 6)
        frame.planes[0].row(y)[x] = UInt8(y * 10)
      }
    }
    frame.rotation = Rotation(quarterTurns: turns, isMirrored: isMirrored)
    let size = frame.displaySize
    let upright = try Scaler(width: size.width, height: size.height).scale(frame)
    #expect(upright.rotation.isUpright)
    for y in 0..<size.height {
      for x in 0..<size.width {
        let place = frame.rotation.storedPlace(x: x, y: y, width: 40, height: 24)
        let pixel = upright.planes[0].row(y) + x * 4
        #expect(pixel[0] == UInt8(place.x * 6) && pixel[1] == UInt8(place.y * 10))
      }
    }
  }

  @Test func rgbKeepsItsNumbersAtItsOwnSize() throws {
    let frame = Frame(width: 20, height: 20, format: .gbrp)
    for y in 0..<20 { for x in 0..<20 { frame.planes[1].row(y)[x] = UInt8(x * 12 + y) } }
    let same = try Scaler(width: 20, height: 20, format: .rgb24).scale(frame)
    #expect(same.planes[0].row(7)[9 * 3 + 2] == UInt8(9 * 12 + 7))
  }

  @Test func shrinkingAveragesTheArea() throws {
    let frame = Frame(width: 64, height: 64, format: .gbrp)
    for y in 0..<64 { for x in 0..<64 { for p in 0..<3 { frame.planes[p].row(y)[x] = (x + y) % 2 == 0 ? 255 : 0 } } }
    let small = try Scaler(width: 8, height: 8).scale(frame)
    for x in 0..<8 { #expect(abs(Int(small.planes[0].row(4)[x * 4]) - 127) <= 2) }
  }

  @Test(arguments: [(1, 1), (3, 1), (1, 7), (17, 5), (1279, 721)])
  func oddAndTinyFramesAreScaled(width: Int, height: Int) throws {
    let frame = flat(RGB(90, 160, 20), width: width, height: height, format: .yuv420p, color: .unspecified)
    let small = try Scaler(width: 32, height: 24).scale(frame)
    #expect(abs(Int(small.planes[0].row(23)[31 * 4 + 1]) - 160) <= 3)
  }

  @Test func aChangeOfShapeInTheMiddleIsFollowed() throws {
    let scaler = Scaler(width: 24, height: 16)
    for size in [(64, 48), (32, 80), (64, 48)] {
      let frame = flat(RGB(200, 10, 10), width: size.0, height: size.1, format: .yuv420p, color: .unspecified)
      let scaled = try scaler.scale(frame)  // a plane's memory lives as long as its frame
      #expect(abs(Int(scaled.planes[0].row(8)[12 * 4]) - 200) <= 3)
    }
  }

  @Test func timeAndIndexComeAlong() throws {
    let frame = flat(RGB(0, 0, 0), width: 8, height: 8, format: .yuv420p, color: .unspecified)
    (frame.index, frame.pts, frame.timeBase) = (7, 1234, Rational(1, 90000))
    let small = try Scaler(width: 4, height: 4).scale(frame)
    #expect(small.index == 7 && small.pts == 1234 && small.timeBase == Rational(1, 90000))
  }

  private func flat(_ rgb: RGB, width: Int, height: Int, format: PixelFormat, color: ColorDescription) -> Frame {
    let frame = Frame(width: width, height: height, format: format)
    frame.color = color
    for (plane, sample) in zip(frame.planes, rgb.samples(format: format, color: color)) {
      for y in 0..<plane.height {
        for x in 0..<plane.width {
          if format.bitDepth > 8 { plane.row16(y)[x] = sample } else { plane.row(y)[x] = UInt8(sample) }
        }
      }
    }
    return frame
  }
}
