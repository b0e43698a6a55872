// Colours that the user chose.
import Foundation
import Frames
import UNet

/// Reads `--palette FILE`: a line `NAME #rrggbb` for each class to recolour; blank lines and lines that begin with `#` and a
/// space are skipped.
enum PaletteFile {
  /// The classes' colours with those of the file put in.
  ///
  /// - Throws: `CommandError.unusable` naming the line that is wrong.
  static func apply(_ path: String, to classes: [PixelClass]) throws(CommandError) -> Palette {
    var colors = classes.map { RGB($0.color.red, $0.color.green, $0.color.blue) }
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw .unusable(what: path, why: "cannot be read as a palette: \(String(cString: strerror(errno)))")
    }
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let words = line.split(whereSeparator: \.isWhitespace)
      if words.isEmpty || words[0] == "#" { continue }
      guard words.count >= 2, let color = ClassColor(String(words[words.count - 1])) else {
        throw .unusable(what: path, why: "line \(number + 1) is not NAME #rrggbb")
      }
      let name = words.dropLast().joined(separator: " ")
      guard let index = classes.firstIndex(where: { $0.name == name }) else {
        let known = classes.map(\.name).joined(separator: ", ")
        throw .unusable(what: path, why: "line \(number + 1): the model has no class '\(name)', only \(known)")
      }
      colors[index] = RGB(color.red, color.green, color.blue)
    }
    return Palette(colors)
  }
}
