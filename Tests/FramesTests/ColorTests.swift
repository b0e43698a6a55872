import Frames
import Testing

@Suite struct ColorTests {
  @Test func primariesMatchPublishedBT709Values() {
    let color = ColorDescription(matrix: 1, range: .limited)
    #expect(RGB(255, 0, 0).samples(format: .yuv420p, color: color) == [63, 102, 240])
    #expect(RGB(0, 0, 255).samples(format: .yuv420p, color: color) == [32, 240, 118])
    #expect(RGB(255, 255, 255).samples(format: .yuv420p10, color: color) == [940, 512, 512])
  }

  @Test func primariesMatchPublishedBT601Values() {
    let color = ColorDescription(matrix: 6, range: .limited)
    #expect(RGB(255, 0, 0).samples(format: .yuv444p, color: color) == [81, 90, 240])
    #expect(RGB(0, 255, 0).samples(format: .yuv444p, color: color) == [145, 54, 34])
  }

  @Test func fullRangeReachesTheEnds() {
    let color = ColorDescription(matrix: 6, range: .full)
    #expect(RGB(255, 255, 255).samples(format: .yuv420p, color: color) == [255, 128, 128])
    #expect(RGB(0, 0, 255).samples(format: .yuv420p, color: color) == [29, 255, 107])
    #expect(RGB(1, 2, 3).samples(format: .gbrp, color: color) == [2, 3, 1])
  }
}

@Suite struct RotationTests {
  @Test(arguments: 0..<4, [false, true]) func everyStoredPlaceIsShownOnce(turns: Int, mirrored: Bool) {
    let rotation = Rotation(quarterTurns: turns, isMirrored: mirrored)
    let size = rotation.displaySize(width: 5, height: 3)
    var seen = Set<[Int]>()
    for y in 0..<size.height {
      for x in 0..<size.width {
        let place = rotation.storedPlace(x: x, y: y, width: 5, height: 3)
        #expect((0..<5).contains(place.x) && (0..<3).contains(place.y))
        seen.insert([place.x, place.y])
      }
    }
    #expect(seen.count == 15)
  }

  @Test func aClockwiseTurnBringsTheLowerLeftCornerToTheUpperLeft() {
    let place = Rotation(quarterTurns: 1).storedPlace(x: 0, y: 0, width: 5, height: 3)
    #expect(place.x == 0 && place.y == 2)
  }
}
