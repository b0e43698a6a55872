// The confusion matrix as a file.
import Foundation
import Frames
import Training
import Video

/// Writes a confusion matrix as a picture or as a table, by the name's suffix.
enum ConfusionFile {
  static func check(_ path: String) throws(CommandError) {
    guard path.hasSuffix(".png") || path.hasSuffix(".csv") else {
      throw .unusable(what: path, why: "a confusion matrix is written as .png or .csv")
    }
  }

  /// - Parameter title: for the picture.
  /// - Throws: `VideoError` or `CommandError.unusable` when it cannot be written.
  static func write(_ matrix: ConfusionMatrix, classNames: [String], title: String, to path: String) throws {
    if path.hasSuffix(".png") {
      let plot = MatrixPlot(title: title, names: classNames, confusion: matrix)
      return try ImageFile.replacePNG(at: path, with: plot.draw())
    }
    do {
      try Data(matrix.csv(classNames: classNames).utf8).write(to: URL(filePath: path))
    } catch {
      throw CommandError.unusable(what: path, why: "cannot be written: \(error.localizedDescription)")
    }
  }
}
