// Finding and reading what label tools leave.
import Foundation
import Training

/// Reads annotations of any kind that `verge masks` takes.
enum AnnotationFiles {
  /// - Returns: the pictures that have shapes, and how many shapes were left out since they are no areas.
  /// - Throws: `TrainingError.data` for a file that is none, `CommandError.unusable` where nothing is annotated.
  static func read(_ source: String) throws -> (pictures: [LabelledShapes], skipped: Int) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: source, isDirectory: &isFolder) else {
      throw CommandError.unusable(what: source, why: "no such file or folder")
    }
    var (pictures, skipped): ([LabelledShapes], Int) = ([], 0)
    if isFolder.boolValue {
      let names = try FileManager.default.contentsOfDirectory(atPath: source).filter { $0.hasSuffix(".json") }.sorted()
      guard !names.isEmpty else {
        throw CommandError.unusable(
          what: source, why: "no .json file of LabelMe in it; for CVAT name its annotations.xml")
      }
      pictures = try names.map { try LabelMeFile(contentsOf: source + "/" + $0).content }
    } else if source.hasSuffix(".json") {
      pictures = [try LabelMeFile(contentsOf: source).content]
    } else {
      let file = try CVATFile(contentsOf: source)
      (pictures, skipped) = (file.pictures, file.skipped)
    }
    let annotated = pictures.filter { !$0.shapes.isEmpty }
    guard !annotated.isEmpty else { throw CommandError.unusable(what: source, why: "not a single shape in it") }
    return (annotated, skipped)
  }

  /// The list of classes that belongs to a source.
  static func classList(of source: String) throws(CommandError) -> String {
    let place = URL(filePath: source).standardizedFileURL
    let folders = [
      place, place.deletingLastPathComponent(), place.deletingLastPathComponent().deletingLastPathComponent(),
    ]
    for folder in folders {
      let list = folder.appending(path: "classes.txt").path
      if FileManager.default.fileExists(atPath: list) { return list }
    }
    throw .unusable(what: source, why: "no classes.txt beside it or above it; name the classes with --classes")
  }
}
