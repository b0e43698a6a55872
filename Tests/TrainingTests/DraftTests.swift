// Outlines of label maps, the files that label tools open, and the way back to masks.
import Foundation
import Frames
import Testing
import UNet

@testable import Training

@Suite struct DraftTests {
  private static let names = ["sky", "road", "car & \"van\""]

  private func map(_ rows: String...) -> LabelMap {
    let map = LabelMap(width: rows[0].count, height: rows.count)
    for (i, label) in rows.joined().enumerated() {
      map.labels[i] = label.wholeNumberValue.map(UInt8.init) ?? ignoreLabel
    }
    return map
  }

  private func exact(smallest: Int = 0) -> OutlineOptions {
    var options = OutlineOptions()
    (options.tolerance, options.smallest) = (0, smallest)
    return options
  }

  /// A street with slanting borders, a car with a window in it, thin poles, and specks.
  private func street(width: Int = 160, height: Int = 120, seed: UInt64 = 4) -> LabelMap {
    var random = SeededRandom(seed: seed)
    let map = LabelMap(width: width, height: height)
    let slope = Double.random(in: -0.3...0.3, using: &random)
    for y in 0..<height {
      for x in 0..<width {
        let isRoad = Double(y) > 50 + slope * Double(x) + 6 * sin(Double(x) / 9)
        let (dx, dy) = (Double(x - 90) / 30, Double(y - 80) / 20)
        let distance = dx * dx + dy * dy
        map[x: x, y: y] = distance < 1 && distance > 0.1 || x == 20 ? 2 : isRoad ? 1 : 0
      }
    }
    for _ in 0..<12 { map.labels[Int.random(in: 0..<map.count, using: &random)] = 2 }
    return map
  }

  private func agreement(_ a: LabelMap, _ b: LabelMap) -> Double {
    Double((0..<a.count).count { a.labels[$0] == b.labels[$0] }) / Double(a.count)
  }

  @Test func anOutlineGoesAroundItsRegionOnce() {
    let regions = LabelRegions(Array("0110".utf8.map { $0 - 48 }), width: 2, height: 2)
    // Pixels that touch at a corner alone are two regions.
    #expect(regions.labels == [0, 1, 1, 0])
    #expect(regions.outline(1) == [.init(x: 1, y: 0), .init(x: 2, y: 0), .init(x: 2, y: 1), .init(x: 1, y: 1)])
    #expect(regions.isJunction(Corner(x: 1, y: 1)))
  }

  @Test func aHoleIsDrawnOverWhatSurroundsIt() throws {
    let ring = map("00000", "01110", "01210", "01110", "00000")
    let shapes = LabelledShapes(ring, classNames: Self.names, picture: "a.png", options: exact())
    #expect(shapes.shapes.map(\.name) == Self.names)
    #expect(agreement(try shapes.labelMap(classNames: Self.names), ring) == 1)
  }

  @Test func unlabelledPixelsStayUnlabelled() throws {
    let holed = map("0000", "0..1", "0..1", "1111")
    let shapes = LabelledShapes(holed, classNames: Self.names, picture: "a.png", options: exact())
    #expect(agreement(try shapes.labelMap(classNames: Self.names), holed) == 1)
  }

  @Test func smallRegionsGoToTheirLongestNeighbour() throws {
    let specks = map("000011", "020011", "000021")
    let shapes = LabelledShapes(specks, classNames: Self.names, picture: "a.png", options: exact(smallest: 2))
    let result = try shapes.labelMap(classNames: Self.names)
    #expect(agreement(result, map("000011", "000011", "000011")) == 1)
  }

  @Test(arguments: 1...6)
  func withoutToleranceOutlinesAreExact(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let noise = LabelMap(width: 23, height: 17)
    for i in 0..<noise.count { noise.labels[i] = UInt8.random(in: 0...2, using: &random) }
    let shapes = LabelledShapes(noise, classNames: Self.names, picture: "a.png", options: exact())
    #expect(agreement(try shapes.labelMap(classNames: Self.names), noise) == 1)
  }

  @Test(arguments: 1...4)
  func simplifiedOutlinesKeepThePictureAndLeaveNoGaps(seed: UInt64) throws {
    let street = street(seed: seed)
    let full = LabelledShapes(street, classNames: Self.names, picture: "a.png", options: exact())
    let shapes = LabelledShapes(street, classNames: Self.names, picture: "a.png")
    let result = try shapes.labelMap(classNames: Self.names)
    #expect(!result.buffer.contains(ignoreLabel))
    #expect(agreement(result, street) >= 0.99)
    #expect(corners(shapes) * 2 < corners(full))
  }

  private func corners(_ shapes: LabelledShapes) -> Int {
    shapes.shapes.reduce(0) { sum, shape in
      if case .polygon(let points) = shape.area { sum + points.count } else { sum }
    }
  }

  @Test func labelMeFilesAreReadBack() throws {
    let shapes = LabelledShapes(street(), classNames: Self.names, picture: "000012.png")
    let path = try Fixtures.folder() + "/000012.json"
    try LabelMeFile(shapes).data.write(to: URL(filePath: path))
    #expect(try LabelMeFile(contentsOf: path).content == shapes)
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path))) as? [String: Any])
    let keys = ["flags", "imageData", "imageHeight", "imagePath", "imageWidth", "shapes", "version"]
    #expect(object.keys.sorted() == keys)
    #expect(object["imageData"] is NSNull)
  }

  @Test func cvatFilesAreReadBack() throws {
    let pictures = (1...2).map { seed in
      LabelledShapes(street(seed: UInt64(seed)), classNames: Self.names, picture: "00000\(seed).png")
    }
    let classes = Self.names.map { PixelClass(name: $0, color: ClassColor(1, 2, 3)) }
    let path = try Fixtures.folder() + "/annotations.xml"
    try Data(CVATFile(pictures).text(task: "a & b", classes: classes).utf8).write(to: URL(filePath: path))
    #expect(try CVATFile(contentsOf: path).pictures == pictures)
  }

  @Test func boxesAndMasksOfCVATBecomePixelsByTheirOrder() throws {
    let text = """
      <?xml version="1.0"?><annotations><version>1.1</version><image id="0" name="x/a.png" width="4" height="3">
      <mask label="car" rle="1, 2, 1" left="1" top="1" width="2" height="2" z_order="2"/>
      <box label="sky" xtl="0" ytl="0" xbr="3" ybr="3" z_order="1"></box>
      <polyline label="sky" points="0,0;1,1"></polyline></image></annotations>
      """
    let path = try Fixtures.folder() + "/annotations.xml"
    try Data(text.utf8).write(to: URL(filePath: path))
    let file = try CVATFile(contentsOf: path)
    #expect(file.skipped == 1 && file.pictures.first?.picture == "a.png")
    let result = try #require(file.pictures.first).labelMap(classNames: ["sky", "car"])
    #expect(agreement(result, map("000.", "001.", "010.")) == 1)
    #expect(throws: TrainingError.self) { try file.pictures[0].labelMap(classNames: ["sky"]) }
  }

  @Test(arguments: [
    "", "<annotations>", "<a></a>", "{}", "{\"shapes\": 3}",
    "<annotations><image id=\"0\" name=\"a\" width=\"0\" height=\"1\"></image></annotations>",
    "<annotations><image id='0' name='a' width='9' height='9'><polygon label='a' points='1,1;2'/></image></annotations>",
    "<annotations><image id='0' name='a' width='9' height='9'>"
      + "<polygon label='a' points='1,1;2,2;nan,1e300'/></image></annotations>",
    "<annotations><image id='0' name='a' width='9' height='9'><mask label='a' rle='0,2' left='9223372036854775807' "
      + "top='0' width='2' height='1'/></image></annotations>",
    #"{"shapes": [], "imagePath": "a", "imageWidth": 4611686018427387904, "imageHeight": 4}"#,
    #"{"shapes": [{"label": "a", "points": [[0, 0], [1e300, 1], [1, 2]]}], "imagePath": "a", "imageWidth": 4, "#
      + #""imageHeight": 4}"#,
  ])
  func filesOfAnotherKindAreRefused(text: String) throws {
    let path = try Fixtures.folder() + "/file"
    try Data(text.utf8).write(to: URL(filePath: path))
    #expect(throws: TrainingError.self) { try CVATFile(contentsOf: path) }
    #expect(throws: TrainingError.self) { try LabelMeFile(contentsOf: path) }
  }
}
