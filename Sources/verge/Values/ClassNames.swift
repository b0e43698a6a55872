// Class names as a user gives them.
import Foundation
import Training
import UNet

/// Reads `--classes` of `verge import` and `verge masks`.
enum ClassNames {
  /// Classes from a known label set's name, a file of them, or names with commas; colours that nobody gave are made up.
  ///
  /// - Throws: `TrainingError` for a file that cannot be read, and names that make no list.
  static func read(_ text: String) throws(TrainingError) -> [PixelClass] {
    if text == "carla" { return ClassList.carla }
    if ClassList.known.contains(text) { return try ClassList.named(text).classes }
    if FileManager.default.fileExists(atPath: text) { return try ClassList(contentsOf: text).classes }
    return try ClassList(lines: text.split(separator: ",").map(String.init), name: text).classes
  }
}
