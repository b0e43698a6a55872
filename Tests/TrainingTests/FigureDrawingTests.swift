// Contact sheets, plots, and labels as colours.
import Foundation
import Frames
import Testing
import UNet
import Video

@testable import Training

@Suite struct FigureDrawingTests {
  @Test(arguments: [
    (0.0...1.0, 5, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]), (0.31...0.68, 4, [0.3, 0.4, 0.5, 0.6, 0.7]),
    (0.02...2.3, 5, [0, 0.5, 1, 1.5, 2, 2.5]), (-3.0 ... -1.0, 2, [-3, -2, -1]),
  ])
  func axesHaveRoundTicksAroundTheirValues(values: ClosedRange<Double>, count: Int, ticks: [Double]) {
    let axis = Axis(values, start: 100, length: -100, count: count)
    #expect(
      zip(axis.ticks, ticks).allSatisfy { abs($0 - $1) < 1e-9 } && axis.ticks.count == ticks.count, "\(axis.ticks)")
    #expect(axis.range.contains(values.lowerBound) && axis.range.contains(values.upperBound))
    #expect(axis.pixel(axis.range.lowerBound) == 100 && axis.pixel(axis.range.upperBound) == 0)
  }

  @Test func axesOfCountsHaveNoFractions() {
    let axis = Axis(1...3, start: 0, length: 100, count: 8, isLoose: false, isWhole: true)
    #expect(axis.ticks.map(axis.label) == ["1", "2", "3"])
    let long = Axis(0...45_000, start: 0, length: 100, count: 5, isLoose: false, isWhole: true)
    #expect(long.ticks.map(long.label) == ["0", "10k", "20k", "30k", "40k"])
  }

  @Test func smallLettersAreTheDotsOfTheFont() {
    let canvas = FigureCanvas(width: 40, height: 10)
    canvas.text("R4", x: 3, y: 1, size: 1, RGB(0, 0, 0))
    for (place, character) in "R4".utf8.enumerated() {
      for y in 0..<Font.height {
        for x in 0..<5 where Font.dot(character, x: x, y: y) {
          #expect(pixel(canvas.frame, 3 + place * 6 + x, 1 + y) == RGB(0, 0, 0))
        }
      }
    }
  }

  @Test func longTextsLoseTheirMiddle() {
    let text = FigureCanvas.fitted("drive_0001_leftImg8bit.png", width: 90, size: 1)
    #expect(FigureCanvas.width(text, size: 1) <= 90 && text.hasPrefix("dri") && text.hasSuffix("bit.png"), "\(text)")
    #expect(FigureCanvas.fitted("short", width: 90, size: 1) == "short")
  }

  @Test func aShrunkPictureIsTheMeanOfItsPixels() {
    let frame = Frame(width: 4, height: 2, format: .rgb24)
    for (i, value) in [0, 40, 255, 255, 80, 120, 255, 255].enumerated() {
      frame.planes[0].row(i / 4)[3 * (i % 4) + 1] = UInt8(value)
    }
    let small = frame.fitted(width: 2, height: 9)
    #expect((small.width, small.height) == (2, 1))
    #expect(pixel(small, 0, 0) == RGB(0, 60, 0) && pixel(small, 1, 0) == RGB(0, 255, 0))
  }

  @Test func aSheetShowsEachPictureInItsCell() {
    var sheet = ContactSheet(columns: 2, cellWidth: 20, cellHeight: 10)
    for red in [10, 20, 30] { sheet.add(plain(20, 10, RGB(UInt8(red), 0, 0)), caption: "") }
    let drawn = sheet.draw()
    #expect((drawn.width, drawn.height) == (2 * 20 + 10 + 32, 2 * 20 - 10 + 32))
    #expect(pixel(drawn, 16, 16) == RGB(10, 0, 0) && pixel(drawn, 46, 16) == RGB(20, 0, 0))
    #expect(pixel(drawn, 16, 36) == RGB(30, 0, 0) && pixel(drawn, 46, 36) == .paper)
  }

  @Test func captionsTitleAndLegendMakeASheetHigher() {
    var sheet = ContactSheet(columns: 1, cellWidth: 60, cellHeight: 30)
    sheet.add(plain(9, 9, RGB(1, 2, 3)), caption: "")
    let bare = sheet.draw().height
    sheet.title = "a title"
    sheet.legend = Fixtures.classes
    sheet.add(plain(9, 9, RGB(1, 2, 3)), caption: "name.png")
    #expect(sheet.count == 2 && sheet.draw().height > 2 * bare)
  }

  @Test func aCurvePassesThroughItsPoints() {
    var plot = CurvePlot(title: "", xTitle: "step")
    let color = RGB(200, 0, 90)
    plot.panels = [.init(title: "loss", series: [.init("a", [(0, 0), (5, 0.5), (10, 1)], color: color)])]
    let drawn = plot.draw()
    // The panel's axes begin at 12 + 64 and end 20 before its right; 12 + 54 from the top, 50 from the bottom.
    let (left, right, top, bottom) = (76, 12 + 620 - 20, 66, 12 + 420 - 50)
    let (x, y) = ((left + right) / 2, (top + bottom) / 2)
    #expect(near(drawn, x, y) { $0 == color })
    #expect(!near(drawn, x, top + 20) { $0 == color })
  }

  @Test(arguments: [
    [], [(1.0, 0.4)], [(1, .nan), (2, .infinity)], [(0, 3), (1, 3), (2, 3)], [(1, 0.5), (2, .nan), (3, 0.7)],
  ])
  func curvesOfAnyKindCanBeDrawn(points: [(Double, Double)]) {
    var plot = CurvePlot(title: "all kinds", xTitle: "epoch")
    plot.panels = [
      .init(title: "one", series: [.init("some name", points.map { (x: $0.0, y: $0.1) })]),
      .init(title: "", series: []),
    ]
    #expect(plot.draw().width == 2 * 620 + 24)
  }

  @Test func aMatrixIsDarkWherePixelsAre() {
    var confusion = ConfusionMatrix(classes: 3)
    let (truth, prediction): ([UInt8], [UInt8]) = ([0, 0, 1, 1], [0, 0, 0, 0])
    truth.withUnsafeBufferPointer { t in prediction.withUnsafeBufferPointer { confusion.add(truth: t, prediction: $0) }
    }
    let drawn = MatrixPlot(title: "", names: ["sky", "road", "car"], confusion: confusion).draw()
    let longest = FigureCanvas.width("road", size: 1.5)
    let corner = { (row: Int, column: Int) in pixel(drawn, longest + 52 + column * 44 + 3, longest + 84 + row * 44 + 3)
    }
    #expect(corner(0, 0) == RGB(8, 48, 107) && corner(1, 0) == RGB(8, 48, 107))
    #expect(corner(0, 1) == .paper && corner(1, 1) == .paper)
    #expect(corner(2, 2) == RGB(240, 240, 240), "a class without pixels is grey")
  }

  @Test func labelsAreColouredAndBlended() {
    let map = LabelMap(width: 2, height: 1)
    (map.labels[0], map.labels[1]) = (1, ignoreLabel)
    let palette = Palette([RGB(9, 9, 9), RGB(200, 100, 0)])
    #expect(pixel(map.colored(palette), 0, 0) == RGB(200, 100, 0))
    let blend = map.blended(over: plain(2, 1, RGB(100, 200, 50)), palette)
    #expect(pixel(blend, 0, 0) == RGB(150, 150, 25) && pixel(blend, 1, 0) == RGB(50, 100, 25))
  }

  @Test func aFigureReplacesTheOldOneWhole() throws {
    let folder = try Fixtures.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/figure.png"
    for red in [1, 2] { try ImageFile.replacePNG(at: path, with: plain(3, 3, RGB(UInt8(red), 0, 0))) }
    #expect(try ImageFile.readRed(path)[x: 0, y: 0] == 2)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["figure.png"])
    let nowhere = folder + "/none/figure.png"
    #expect(throws: VideoError.cannotWrite(nowhere, cause: "No such file or directory")) {
      try ImageFile.replacePNG(at: nowhere, with: plain(3, 3, .ink))
    }
    #expect(throws: VideoError.diskFull("/dev/full")) {
      try ImageFile.replacePNG(at: "/dev/full", with: plain(3, 3, .ink))
    }
  }

  private func plain(_ width: Int, _ height: Int, _ color: RGB) -> Frame {
    FigureCanvas(width: width, height: height, background: color).frame
  }

  private func pixel(_ frame: Frame, _ x: Int, _ y: Int) -> RGB {
    let samples = frame.planes[0].row(y) + 3 * x
    return RGB(samples[0], samples[1], samples[2])
  }

  private func near(_ frame: Frame, _ x: Int, _ y: Int, _ isWanted: (RGB) -> Bool) -> Bool {
    (-2...2).contains { dy in (-2...2).contains { dx in isWanted(pixel(frame, x + dx, y + dy)) } }
  }
}
