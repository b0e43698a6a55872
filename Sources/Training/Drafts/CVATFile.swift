// Drafts for CVAT: one XML file for all pictures.
import Foundation
import FoundationXML
public import UNet

/// The shapes of pictures as `CVAT for images 1.1` keeps them.
///
/// - Source: docs.cvat.ai, XML annotation format, version 1.1.
public struct CVATFile {
  public var pictures: [LabelledShapes]
  /// Shapes that are no areas (points, lines, cuboids, …) and were left out when the file was read.
  public private(set) var skipped = 0

  public init(_ pictures: [LabelledShapes]) { self.pictures = pictures }

  /// - Throws: `TrainingError.data` for a file that cannot be read or is no CVAT file.
  public init(contentsOf path: String) throws(TrainingError) {
    let data: Data
    do {
      data = try Data(contentsOf: URL(filePath: path))
    } catch {
      throw .data(path: path, reason: error.localizedDescription)
    }
    let reader = CVATReader()
    let parser = XMLParser(data: data)
    parser.delegate = reader
    guard parser.parse() else {
      let cause = reader.problem ?? "line \(parser.lineNumber) is no XML"
      throw .data(path: path, reason: "is no annotation file of CVAT for images 1.1: \(cause)")
    }
    guard reader.isCVAT else {
      throw .data(path: path, reason: "is no annotation file of CVAT for images 1.1: no complete <annotations> in it")
    }
    (pictures, skipped) = (reader.pictures, reader.skipped)
  }

  /// The file's text. Later polygons have a higher z-order, so that they lie over earlier ones.
  ///
  /// - Parameter classes: all labels of the task, with their colours.
  public func text(task: String, classes: [PixelClass]) -> String {
    var lines = ["<?xml version=\"1.0\" encoding=\"utf-8\"?>", "<annotations>", "  <version>1.1</version>"]
    lines += [
      "  <meta>", "    <task>", "      <name>\(Self.escape(task))</name>", "      <size>\(pictures.count)</size>",
    ]
    lines += ["      <mode>annotation</mode>", "      <overlap>0</overlap>", "      <labels>"]
    for entry in classes {
      lines.append("        <label><name>\(Self.escape(entry.name))</name><color>\(entry.color)</color>")
      lines.append("          <type>polygon</type><attributes></attributes></label>")
    }
    lines += ["      </labels>", "    </task>", "  </meta>"]
    for (index, picture) in pictures.enumerated() { lines += Self.lines(picture, id: index) }
    return (lines + ["</annotations>", ""]).joined(separator: "\n")
  }

  private static func lines(_ picture: LabelledShapes, id: Int) -> [String] {
    let name = escape(picture.picture)
    let shapes = picture.shapes.enumerated().map { order, shape in
      guard case .polygon(let points) = shape.area else {
        preconditionFailure("pixels are traced before they are written")
      }
      let places = points.map { String(format: "%.2f,%.2f", $0.x, $0.y) }.joined(separator: ";")
      return "    <polygon label=\"\(escape(shape.name))\" source=\"auto\" occluded=\"0\" points=\"\(places)\" "
        + "z_order=\"\(order)\"></polygon>"
    }
    return ["  <image id=\"\(id)\" name=\"\(name)\" width=\"\(picture.width)\" height=\"\(picture.height)\">"] + shapes
      + ["  </image>"]
  }

  private static func escape(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
