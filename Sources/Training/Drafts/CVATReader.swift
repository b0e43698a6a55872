// Element by element through a CVAT file.
import Foundation
import FoundationXML

/// Gathers pictures and their areas: polygons, boxes and masks.
final class CVATReader: NSObject, XMLParserDelegate {
  /// Whether the file is one <annotations> from its first element to its last.
  private(set) var isCVAT = false
  private(set) var pictures: [LabelledShapes] = []
  private(set) var skipped = 0
  /// What is wrong, where it is more than broken XML.
  private(set) var problem: String?
  private var shapes: [(order: Int, shape: LabelShape)] = []

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    switch name {
    case "image": begin(attributes, parser)
    case "polygon": add(Self.polygon(attributes), attributes, parser)
    case "box": add(Self.box(attributes), attributes, parser)
    case "mask": add(Self.mask(attributes), attributes, parser)
    case "polyline", "points", "cuboid", "ellipse", "skeleton", "track": skipped += 1
    default: break
    }
  }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    if name == "annotations" { isCVAT = true }
    guard name == "image", !pictures.isEmpty else { return }
    let sorted = shapes.enumerated().sorted { ($0.element.order, $0.offset) < ($1.element.order, $1.offset) }
    pictures[pictures.count - 1].shapes = sorted.map(\.element.shape)
  }

  private func begin(_ attributes: [String: String], _ parser: XMLParser) {
    guard let name = attributes["name"], let width = attributes["width"].flatMap(Int.init),
      let height = attributes["height"].flatMap(Int.init), LabelledShapes.sides.contains(width),
      LabelledShapes.sides.contains(height)
    else { return fail("an image needs name, width and height", parser) }
    shapes = []
    pictures.append(
      LabelledShapes(picture: (name as NSString).lastPathComponent, width: width, height: height, shapes: []))
  }

  private func add(_ area: LabelShape.Area?, _ attributes: [String: String], _ parser: XMLParser) {
    guard let area, let label = attributes["label"], !pictures.isEmpty else {
      return fail("line \(parser.lineNumber) has a shape without a label or with broken places", parser)
    }
    shapes.append((attributes["z_order"].flatMap(Int.init) ?? 0, LabelShape(name: label, area: area)))
  }

  private func fail(_ problem: String, _ parser: XMLParser) {
    self.problem = problem
    parser.abortParsing()
  }

  /// `x,y;x,y;…`
  private static func polygon(_ attributes: [String: String]) -> LabelShape.Area? {
    let pairs = attributes["points"]?.split(separator: ";").map { $0.split(separator: ",").compactMap { Double($0) } }
    guard let pairs, pairs.count > 2, pairs.allSatisfy({ $0.count == 2 }) else { return nil }
    let corners = pairs.map { LabelShape.Point($0[0], $0[1]) }
    return corners.allSatisfy(\.isPlausible) ? .polygon(corners) : nil
  }

  private static func box(_ attributes: [String: String]) -> LabelShape.Area? {
    let sides = ["xtl", "ytl", "xbr", "ybr"].compactMap { attributes[$0].flatMap(Double.init) }
    guard sides.count == 4 else { return nil }
    let corners = (LabelShape.Point(sides[0], sides[1]), LabelShape.Point(sides[2], sides[3]))
    return corners.0.isPlausible && corners.1.isPlausible ? .box(corners.0, corners.1) : nil
  }

  /// Run lengths of pixels out and in by turns, row by row through the mask's box.
  private static func mask(_ attributes: [String: String]) -> LabelShape.Area? {
    let numbers = ["left", "top", "width", "height"].compactMap { attributes[$0].flatMap(Int.init) }
    let runs = attributes["rle"]?.split(separator: ",").map { Int($0.trimmingCharacters(in: .whitespaces)) ?? -1 }
    guard numbers.count == 4, let runs, LabelledShapes.sides.contains(numbers[2]),
      LabelledShapes.sides.contains(numbers[3]), LabelShape.Point(Double(numbers[0]), Double(numbers[1])).isPlausible,
      runs.allSatisfy({ (0...(1 << 28)).contains($0) }), runs.reduce(0, +) <= numbers[2] * numbers[3]
    else { return nil }
    let isSet = runs.enumerated().flatMap { i, count in [Bool](repeating: i % 2 == 1, count: count) }
    return .pixels(left: numbers[0], top: numbers[1], width: numbers[2], isSet: isSet)
  }
}
