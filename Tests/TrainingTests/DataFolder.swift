// Data sets on disk that tests make for themselves.
import Foundation
import Frames
import Video

@testable import Training

/// A folder of pictures, deleted with the value.
final class DataFolder {
  let path: String

  init() throws { path = try Fixtures.folder() }

  deinit { try? FileManager.default.removeItem(atPath: path) }  // what stays is in the system's temporary folder

  /// The whole path of a file, with its folders made.
  func file(_ name: String) throws -> String {
    let file = path + "/" + name
    try FileManager.default.createDirectory(
      atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    return file
  }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: try file(name), atomically: true, encoding: .utf8)
  }

  /// A photograph of one grey.
  func photograph(_ name: String, width: Int = 16, height: Int = 12, gray: UInt8 = 100) throws {
    try picture(name, width: width, height: height) { _, _ in RGB(gray, gray, gray) }
  }

  /// An RGB PNG or JPEG with a colour for each place.
  func picture(_ name: String, width: Int = 16, height: Int = 12, _ color: (Int, Int) -> RGB) throws {
    let frame = Frame(width: width, height: height, format: .rgb24)
    for y in 0..<height {
      for x in 0..<width {
        let place = frame.planes[0].row(y) + 3 * x
        (place[0], place[1], place[2]) = (color(x, y).red, color(x, y).green, color(x, y).blue)
      }
    }
    let path = try file(name)
    if name.hasSuffix(".png") { return try ImageFile.writePNG(frame, to: path) }
    try ImageFile.writeJPEG(frame, to: path)
  }

  /// A mask of label numbers.
  func mask(_ name: String, width: Int = 16, height: Int = 12, _ label: (Int, Int) -> UInt8 = { _, _ in 0 }) throws {
    let map = LabelMap(width: width, height: height)
    for y in 0..<height { for x in 0..<width { map[x: x, y: y] = label(x, y) } }
    try ImageFile.writePNG(map, palette: Palette([]), to: try file(name))
  }

  /// `count` pairs of the `camvid` format, all road.
  func camvid(_ names: [String]) throws {
    for name in names {
      try photograph("images/\(name).png")
      try mask("masks/\(name).png") { _, _ in 3 }
    }
  }

  func open(_ format: String, _ rest: String = "") throws -> any LabelledSource {
    try DataSpecification("\(format):\(path)\(rest)").open()
  }
}

/// What an error says; empty when there is none.
func message(_ body: () throws -> Void) -> String {
  do { try body() } catch { return "\(error)" }
  return ""
}
