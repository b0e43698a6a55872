// Class names as a user gives them.
import Foundation
import Interchange
import Training
import UNet

/// Reads `--classes` of `verge import`.
enum ClassNames {
  /// Classes from a known label set's name, a file of lines, or names with commas; colours that nobody gave are made up.
  ///
  /// - Throws: `CommandError.unusable` for a file that cannot be read, or one without names.
  static func read(_ text: String) throws(CommandError) -> [PixelClass] {
    switch text {
    case "camvid": return ClassList.camvid
    case "carla": return ClassList.carla
    default: break
    }
    guard FileManager.default.fileExists(atPath: text) else {
      return classes(text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
    }
    guard let content = try? String(contentsOfFile: text, encoding: .utf8) else {
      throw .unusable(what: text, why: "cannot be read as a list of classes: \(String(cString: strerror(errno)))")
    }
    let lines = content.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
    let names = lines.filter { !$0.isEmpty && !$0.hasPrefix("# ") }
    guard !names.isEmpty else { throw .unusable(what: text, why: "has no line with a class name") }
    return classes(names)
  }

  /// One class for each `NAME` or `NAME #rrggbb`.
  private static func classes(_ lines: [String]) -> [PixelClass] {
    zip(lines, ONNXImport.standardClasses(lines.count)).map { line, standard in
      let words = line.split(separator: " ")
      guard words.count > 1, let color = words.last.flatMap({ ClassColor(String($0)) }) else {
        return PixelClass(name: line, color: standard.color)
      }
      return PixelClass(name: words.dropLast().joined(separator: " "), color: color)
    }
  }
}
