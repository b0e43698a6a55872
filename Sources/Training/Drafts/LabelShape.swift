// Areas of one class as people draw them, and label maps made of them.
public import Frames

/// An area of a picture and its class.
public struct LabelShape: Sendable, Hashable {
  /// A place in the picture, in pixels from its upper left corner.
  public struct Point: Sendable, Hashable {
    public var x, y: Double

    public init(_ x: Double, _ y: Double) { (self.x, self.y) = (x, y) }

    /// Whether it lies in a picture or somewhat beside it: files can say anything.
    var isPlausible: Bool { abs(x) <= 1e6 && abs(y) <= 1e6 }
  }

  /// What the area is.
  public enum Area: Sendable, Hashable {
    /// Inside a closed line; what it surrounds twice is outside.
    case polygon([Point])
    /// Chosen pixels of a box: `isSet` is `[height, width]`.
    case pixels(left: Int, top: Int, width: Int, isSet: [Bool])
  }

  /// The name of the class; `ignoreName` for pixels that have none.
  public let name: String
  public let area: Area

  /// What stands for unlabelled pixels among class names.
  public static let ignoreName = "ignore"

  public init(name: String, area: Area) { (self.name, self.area) = (name, area) }
}

/// The shapes of one picture, from the lowest to the one on top.
public struct LabelledShapes: Sendable, Hashable {
  /// The picture's file name, without folders.
  public let picture: String
  public let width, height: Int
  public var shapes: [LabelShape]

  /// Lengths that the sides of a file's picture may have, in pixels.
  static let sides = 1...(1 << 14)

  public init(picture: String, width: Int, height: Int, shapes: [LabelShape]) {
    (self.picture, self.width, self.height, self.shapes) = (picture, width, height, shapes)
  }
}

/// How outlines are drawn around regions.
public struct OutlineOptions: Sendable {
  /// How far in pixels a simplified outline may lie off the pixels' borders. Below 1, lines one pixel wide stay.
  public var tolerance = 0.75
  /// Regions of fewer pixels go to their neighbours; 0 keeps all.
  public var smallest = 20

  public init() {}
}

extension LabelledShapes {
  /// Polygons around the regions of a label map, the largest first: what lies in a hole of a region is drawn over it.
  ///
  /// Painted in order they cover every pixel, since neighbours share their borders.
  /// - Parameter classNames: by label; labels beyond them are `LabelShape.ignoreName`.
  public init(_ map: LabelMap, classNames: [String], picture: String, options: OutlineOptions = .init()) {
    var regions = LabelRegions(Array(map.buffer), width: map.width, height: map.height)
    if options.smallest > 1 {
      regions = LabelRegions(regions.absorbingSmall(options.smallest), width: map.width, height: map.height)
    }
    let simplifier = OutlineSimplifier(regions: regions, tolerance: options.tolerance)
    let outlines = regions.labels.indices.map { region in
      let outline = simplifier.simplify(regions.outline(region))
      let label = Int(regions.labels[region])
      return (name: label < classNames.count ? classNames[label] : LabelShape.ignoreName, outline: outline)
    }
    let drawn = outlines.filter { $0.outline.count > 2 }.map { (entry: $0, area: Self.area($0.outline)) }
    let sorted = drawn.enumerated().sorted { ($1.element.area, $0.offset) < ($0.element.area, $1.offset) }
    self.init(
      picture: picture, width: map.width, height: map.height,
      shapes: sorted.map { _, shape in
        let points = shape.entry.outline.map { LabelShape.Point(Double($0.x), Double($0.y)) }
        return LabelShape(name: shape.entry.name, area: .polygon(points))
      })
  }

  /// Twice the area inside.
  private static func area(_ outline: [Corner]) -> Int {
    abs(zip(outline, outline.dropFirst() + outline.prefix(1)).reduce(0) { $0 + $1.0.x * $1.1.y - $1.1.x * $1.0.y })
  }

  /// The shapes painted one over the other.
  ///
  /// - Parameters:
  ///   - classNames: by label.
  ///   - rest: the label of pixels that no shape covers.
  /// - Throws: `TrainingError.classes` for a shape of another class.
  public func labelMap(classNames: [String], rest: UInt8 = ignoreLabel) throws(TrainingError) -> LabelMap {
    let map = LabelMap(width: width, height: height)
    map.labels.update(repeating: rest, count: map.count)
    for shape in shapes {
      guard let label = Self.label(shape.name, classNames) else {
        throw .classes(
          "\(picture): a shape is labelled '\(shape.name)'; the classes are \(classNames.joined(separator: ", "))")
      }
      shape.area.paint(label, on: map)
    }
    return map
  }

  private static func label(_ name: String, _ classNames: [String]) -> UInt8? {
    if let index = classNames.firstIndex(of: name) { return UInt8(index) }
    return name == LabelShape.ignoreName ? ignoreLabel : nil
  }
}
