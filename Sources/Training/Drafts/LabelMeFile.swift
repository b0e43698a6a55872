// Drafts for LabelMe: a JSON file beside each picture.
public import Foundation

/// The shapes of a picture as LabelMe keeps them.
public struct LabelMeFile {
  public var content: LabelledShapes

  public init(_ content: LabelledShapes) { self.content = content }

  /// - Throws: `TrainingError.data` for a file that cannot be read, is no LabelMe file, or has shapes that are no areas.
  public init(contentsOf path: String) throws(TrainingError) {
    let document: Document
    do {
      document = try JSONDecoder().decode(Document.self, from: Data(contentsOf: URL(filePath: path)))
    } catch let error as DecodingError {
      throw .data(path: path, reason: "is no LabelMe file: \(Self.cause(error))")
    } catch {
      throw .data(path: path, reason: error.localizedDescription)
    }
    guard LabelledShapes.sides.contains(document.imageWidth), LabelledShapes.sides.contains(document.imageHeight) else {
      throw .data(path: path, reason: "has a picture of \(document.imageWidth)×\(document.imageHeight)")
    }
    var shapes: [LabelShape] = []
    for shape in document.shapes { shapes.append(try shape.area(path)) }
    content = LabelledShapes(
      picture: (document.imagePath.replacing("\\", with: "/") as NSString).lastPathComponent,
      width: document.imageWidth, height: document.imageHeight, shapes: shapes)
  }

  /// The file's bytes; the picture is named, not embedded.
  public var data: Data {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
      return try encoder.encode(Document(content))
    }
  }

  private static func cause(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, _): "'\(key.stringValue)' is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      context.codingPath.map(\.stringValue).joined(separator: ".") + " " + context.debugDescription
    @unknown default: "\(error)"
    }
  }
}

/// The JSON object, with the keys that every version of LabelMe asks for.
private struct Document: Codable {
  var version = "5.5.0"
  var flags: [String: Bool] = [:]
  let shapes: [Shape]
  let imagePath: String
  /// Always null: LabelMe then reads the file that `imagePath` names.
  let imageData: NoValue?
  let imageHeight, imageWidth: Int

  struct NoValue: Codable {}

  init(_ content: LabelledShapes) {
    shapes = content.shapes.map(Shape.init)
    imagePath = content.picture
    imageData = nil
    (imageHeight, imageWidth) = (content.height, content.width)
  }

  private enum CodingKeys: String, CodingKey {
    case version, flags, shapes, imagePath, imageData, imageHeight, imageWidth
  }

  init(from decoder: any Decoder) throws {
    let object = try decoder.container(keyedBy: CodingKeys.self)
    shapes = try object.decode([Shape].self, forKey: .shapes)
    imagePath = try object.decode(String.self, forKey: .imagePath)
    imageData = nil
    imageHeight = try object.decode(Int.self, forKey: .imageHeight)
    imageWidth = try object.decode(Int.self, forKey: .imageWidth)
  }

  func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: CodingKeys.self)
    try object.encode(version, forKey: .version)
    try object.encode(flags, forKey: .flags)
    try object.encode(shapes, forKey: .shapes)
    try object.encode(imagePath, forKey: .imagePath)
    try object.encodeNil(forKey: .imageData)
    try object.encode(imageHeight, forKey: .imageHeight)
    try object.encode(imageWidth, forKey: .imageWidth)
  }
}

/// One shape of the JSON object.
private struct Shape: Codable {
  let label: String
  let points: [[Double]]
  let shapeType: String?

  private enum CodingKeys: String, CodingKey {
    case label, points, flags, description
    case shapeType = "shape_type"
    case groupID = "group_id"
  }

  init(_ shape: LabelShape) {
    label = shape.name
    shapeType = "polygon"
    switch shape.area {
    case .polygon(let corners): points = corners.map { [$0.x, $0.y] }
    case .pixels: preconditionFailure("pixels are traced before they are written")
    }
  }

  init(from decoder: any Decoder) throws {
    let object = try decoder.container(keyedBy: CodingKeys.self)
    label = try object.decode(String.self, forKey: .label)
    points = try object.decode([[Double]].self, forKey: .points)
    shapeType = try object.decodeIfPresent(String.self, forKey: .shapeType)
  }

  func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: CodingKeys.self)
    try object.encode(label, forKey: .label)
    try object.encode(points, forKey: .points)
    try object.encodeNil(forKey: .groupID)
    try object.encode("", forKey: .description)
    try object.encode(shapeType, forKey: .shapeType)
    try object.encode([String: Bool](), forKey: .flags)
  }

  func area(_ path: String) throws(TrainingError) -> LabelShape {
    let corners = points.compactMap { $0.count == 2 ? LabelShape.Point($0[0], $0[1]) : nil }
    guard corners.allSatisfy(\.isPlausible) else {
      throw .data(path: path, reason: "'\(label)' has corners that no picture has")
    }
    switch shapeType ?? "polygon" {
    case "polygon" where corners.count > 2 && corners.count == points.count:
      return LabelShape(name: label, area: .polygon(corners))
    case "rectangle" where corners.count == 2:
      return LabelShape(name: label, area: .box(corners[0], corners[1]))
    default:
      throw .data(
        path: path,
        reason: "'\(label)' is a \(shapeType ?? "polygon") of \(points.count) points; draw polygons or rectangles")
    }
  }
}

extension LabelShape.Area {
  /// The rectangle between two opposite corners.
  static func box(_ a: LabelShape.Point, _ b: LabelShape.Point) -> LabelShape.Area {
    .polygon([a, LabelShape.Point(b.x, a.y), b, LabelShape.Point(a.x, b.y)])
  }
}
