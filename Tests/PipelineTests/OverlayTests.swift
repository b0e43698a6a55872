import Frames
import Tensors
import Testing

@testable import Pipeline

/// A frame of noise.
func noise(_ width: Int, _ height: Int, _ format: PixelFormat, seed: UInt64 = 1) -> Frame {
  let frame = Frame(width: width, height: height, format: format)
  var state = seed
  func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 33
  }
  for plane in frame.planes {
    for y in 0..<plane.height {
      for x in 0..<plane.width {
        if format.bytesPerSample == 2 {
          plane.row16(y)[x] = UInt16(next() % 1024)
        } else {
          plane.row(y)[x] = UInt8(next() % 256)
        }
      }
    }
  }
  return frame
}

func sample(_ frame: Frame, _ plane: Int, _ x: Int, _ y: Int) -> Int {
  frame.format.bytesPerSample == 2 ? Int(frame.planes[plane].row16(y)[x]) : Int(frame.planes[plane].row(y)[x])
}

func bytes(_ frame: Frame) -> [[Int]] {
  frame.planes.indices.map { number in
    let plane = frame.planes[number]
    return (0..<plane.height).flatMap { y in (0..<plane.width).map { sample(frame, number, $0, y) } }
  }
}

let planarFormats: [PixelFormat] = [
  .yuv420p, .yuv422p, .yuv444p, .yuv420p10, .yuv422p10, .yuv444p10, .gbrp, .gbrp10,
]
let rotations = (0..<4).flatMap { [Rotation(quarterTurns: $0), Rotation(quarterTurns: $0, isMirrored: true)] }

@Suite struct OverlayTests {
  let palette = Palette([RGB(128, 64, 128), RGB(255, 0, 0), RGB(0, 0, 255)])
  let names = ["road", "car", "sky"]

  /// A label map whose labels tell the places apart.
  func map(_ width: Int, _ height: Int, labels: Int = 3) -> LabelMap {
    let map = LabelMap(width: width, height: height)
    for y in 0..<height { for x in 0..<width { map[x: x, y: y] = UInt8((x * 7 + y * 13 + x * y) % labels) } }
    return map
  }

  @Test(arguments: rotations) func aLumaSampleGetsTheNearestLabelOfItsDisplayedPlace(rotation: Rotation) {
    let (width, height) = (19, 11)
    let shown = rotation.displaySize(width: width, height: height)
    let labels = map(5, 3, labels: 250)
    let key = LabelMapping.Key(
      width: width, height: height, rotation: rotation, mapWidth: 5, mapHeight: 3, shiftX: 0, shiftY: 0)
    let mapping = LabelMapping(key)
    for y in 0..<shown.height {
      for x in 0..<shown.width {
        let nearest = labels[
          x: min(4, Int((Double(x) + 0.5) * 5 / Double(shown.width))),
          y: min(2, Int((Double(y) + 0.5) * 3 / Double(shown.height)))]
        let place = rotation.storedPlace(x: x, y: y, width: width, height: height)
        #expect(labels.labels[mapping.columns[place.x] + mapping.rows[place.y]] == nearest)
      }
    }
  }

  @Test(arguments: planarFormats, rotations) func everySampleIsBlendedWithItsClassColour(
    format: PixelFormat, rotation: Rotation
  ) {
    let frame = noise(33, 17, format)
    frame.rotation = rotation
    frame.color = ColorDescription(matrix: 1, range: .limited)
    let before = bytes(frame)
    let labels = map(8, 8)
    var style = OverlayStyle(names: names, palette: palette, alphas: [0.5, 1, 0])
    style.edges = .nearest
    let result = Overlay(style).paint(frame, labels: labels)
    #expect(bytes(frame) == before, "the decoded frame is not written")
    let keep = [128, 0, 256]
    for (number, plane) in frame.planes.enumerated() {
      let isChroma = number > 0 && format.isYUV
      let mapping = LabelMapping(
        .init(
          width: 33, height: 17, rotation: rotation, mapWidth: 8, mapHeight: 8,
          shiftX: isChroma ? format.chromaShiftX : 0, shiftY: isChroma ? format.chromaShiftY : 0))
      for y in 0..<plane.height {
        for x in 0..<plane.width {
          let label = Int(labels.labels[mapping.columns[x] + mapping.rows[y]])
          let color = Int(palette[label].samples(format: format, color: frame.color)[number])
          let expected = (sample(frame, number, x, y) * keep[label] + color * (256 - keep[label]) + 128) >> 8
          #expect(sample(result, number, x, y) == expected)
        }
      }
    }
  }

  @Test func theColourIsThatOfTheFramesOwnMatrixAndRange() {
    let labels = LabelMap(width: 2, height: 2)
    for index in 0..<4 { labels.labels[index] = 1 }
    let expected: [(ColorDescription, [Int])] = [
      (.init(matrix: 1, range: .limited), [63, 102, 240]), (.init(matrix: 6, range: .limited), [81, 90, 240]),
      (.init(matrix: 6, range: .full), [76, 85, 255]),
    ]
    for (color, values) in expected {
      let frame = noise(8, 8, .yuv420p)
      frame.color = color
      let style = OverlayStyle(names: names, palette: palette, alpha: 1)
      let result = Overlay(style).paint(frame, labels: labels)
      #expect((0..<3).map { sample(result, $0, 2, 2) } == values)
    }
  }

  @Test func anOverlayKeepsTimeAndColourAndReusesItsMemory() {
    let frame = noise(16, 16, .yuv420p10)
    (frame.index, frame.pts, frame.timeBase) = (7, 42, Rational(1, 90))
    let overlay = Overlay(OverlayStyle(names: names, palette: palette))
    var result: Frame? = overlay.paint(frame, labels: map(4, 4))
    #expect(result?.index == 7 && result?.pts == 42 && result?.timeBase == Rational(1, 90))
    let address = result!.planes[0].data
    result = nil
    #expect(overlay.paint(frame, labels: map(4, 4)).planes[0].data == address)
  }

  @Test func aChangeOfSizeOrColourIsFollowed() {
    let overlay = Overlay(OverlayStyle(names: names, palette: palette, alpha: 1))
    let labels = LabelMap(width: 1, height: 1)
    for (width, matrix) in [(16, Int32(1)), (48, 1), (16, 6), (200, 9)] {
      let frame = noise(width, 16, .yuv420p)
      frame.color.matrix = matrix
      let result = overlay.paint(frame, labels: labels)
      let expected = palette[0].samples(format: .yuv420p, color: frame.color).map(Int.init)
      #expect(result.width == width && (0..<3).allSatisfy { sample(result, $0, width / 4, 3) == expected[$0] })
    }
  }

  @Test func pixelsWithoutALabelAndClassesNotAskedForStayAsTheyAre() {
    let frame = noise(16, 16, .yuv420p)
    let labels = LabelMap(width: 2, height: 1)
    (labels[x: 0, y: 0], labels[x: 1, y: 0]) = (ignoreLabel, 2)
    let style = OverlayStyle(names: names, palette: palette, painted: [0, 1])
    #expect(bytes(Overlay(style).paint(frame, labels: labels)) == bytes(frame))
  }

  @Test(arguments: rotations, [PixelFormat.yuv420p, .yuv444p, .gbrp10]) func sideBySideHasTheOriginalOnTheLeft(
    rotation: Rotation, format: PixelFormat
  ) {
    let frame = noise(15, 9, format)
    frame.rotation = rotation
    var style = OverlayStyle(names: names, palette: palette, alpha: 1)
    style.isSideBySide = true
    let result = Overlay(style).paint(frame, labels: LabelMap(width: 1, height: 1))
    let (shown, wide) = (frame.displaySize, result.displaySize)
    #expect(wide.height == shown.height && (2 * shown.width...2 * shown.width + 1).contains(wide.width))
    let color = Int(palette[0].samples(format: format, color: frame.color)[0])
    for y in 0..<shown.height {
      for x in 0..<shown.width {
        let from = rotation.storedPlace(x: x, y: y, width: 15, height: 9)
        let to = rotation.storedPlace(x: x, y: y, width: result.width, height: result.height)
        #expect(sample(result, 0, to.x, to.y) == sample(frame, 0, from.x, from.y))
        let right = rotation.storedPlace(
          x: wide.width - shown.width + x, y: y, width: result.width, height: result.height)
        #expect(sample(result, 0, right.x, right.y) == color)
      }
    }
  }

  @Test func masksHaveTheNearestLabels() {
    let labels = map(5, 3, labels: 250)
    let mask = LabelMap(width: 19, height: 11)
    MaskExpander().expand(labels, into: mask)
    for y in 0..<11 {
      for x in 0..<19 {
        #expect(mask[x: x, y: y] == labels[x: (2 * x + 1) * 5 / 38, y: (2 * y + 1) * 3 / 22])
      }
    }
  }

  @Test func aMaskOfTheMapsOwnSizeIsTheMap() {
    let labels = map(9, 7)
    let mask = LabelMap(width: 9, height: 7)
    MaskExpander().expand(labels, into: mask)
    #expect(Array(mask.buffer) == Array(labels.buffer))
  }
}

@Suite struct CanvasTests {
  @Test(arguments: rotations) func textReadsTheSameInEveryOrientation(rotation: Rotation) {
    func drawn(_ rotation: Rotation) -> [[Int]] {
      let size = rotation.displaySize(width: 60, height: 20)
      let frame = Frame(width: size.width, height: size.height, format: .gbrp)
      frame.rotation = rotation
      Canvas(frame: frame).write("Ag1", x: 2, y: 3, dot: 2, RGB(10, 200, 30))
      return (0..<20).map { y in
        (0..<60).map { x in
          let place = rotation.storedPlace(x: x, y: y, width: frame.width, height: frame.height)
          return sample(frame, 0, place.x, place.y)
        }
      }
    }
    let upright = drawn(.upright)
    #expect(upright.joined().contains(200))
    #expect(drawn(rotation) == upright)
  }

  @Test(arguments: planarFormats, [(1, 1), (3, 200), (640, 360)]) func legendAndHUDFitAnySize(
    format: PixelFormat, size: (Int, Int)
  ) {
    var style = OverlayStyle(names: ["road", "a very long name of a class"], palette: Palette([RGB(1, 2, 3)]))
    (style.hasHUD, style.hasLegend) = (true, true)
    let figures = HUDFigures(framesPerSecond: 30.04, latency: .milliseconds(41), time: 62.55)
    let frame = noise(size.0, size.1, format)
    let result = Overlay(style).paint(frame, labels: LabelMap(width: 1, height: 1), figures: figures)
    style.hasHUD = false
    style.hasLegend = false
    let plain = Overlay(style).paint(frame, labels: LabelMap(width: 1, height: 1), figures: figures)
    #expect(size.0 < 100 || bytes(result) != bytes(plain))
  }

  @Test func theHUDLineSaysRateLatencyAndTime() {
    #expect(
      HUDFigures(framesPerSecond: 31.46, latency: .milliseconds(12), time: 62.55).line == "31.5 fps   12 ms   01:02.5")
  }
}
