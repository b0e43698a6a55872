// The recipes that come with Verge.
import Foundation
import Settings

/// Finds recipes by name or path.
public enum RecipeLibrary {
  /// The names of the shipped recipes, sorted.
  public static var shipped: [String] {
    let files = folders.flatMap { (try? FileManager.default.contentsOfDirectory(atPath: $0.path)) ?? [] }  // none there
    return Set(files.filter { $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) }).sorted()
  }

  /// The text of a shipped recipe, or of a file.
  ///
  /// - Parameter name: a name, or a path, which has a slash or ends in .yaml or .yml.
  /// - Returns: the text and what messages call it; `isShipped` for one of Verge's own.
  /// - Throws: `TrainingError.recipe` for a name that is none, with the nearest, and for a file that cannot be read.
  public static func text(
    of name: String
  ) throws(TrainingError) -> (text: String, place: String, isShipped: Bool) {
    let isPath = name.contains("/") || name.hasSuffix(".yaml") || name.hasSuffix(".yml")
    guard let path = isPath ? name : path(named: name) else {
      let known = NearestName.text(unknown: name, known: shipped)
      throw .recipe(.invalid(place: "recipe", reason: "must be a .yaml file or one of \(known)"))
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      let reason = access(path, R_OK) == 0 ? "it is no file" : String(cString: strerror(errno))
      throw .recipe(.invalid(place: name, reason: "cannot be read: \(reason)"))
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw .recipe(.invalid(place: name, reason: "is not UTF-8 text"))
    }
    return (text, isPath ? name : "recipe \(name)", !isPath)
  }

  private static func path(named name: String) -> String? {
    folders.map { $0.appendingPathComponent(name + suffix).path }.first { FileManager.default.fileExists(atPath: $0) }
  }

  private static let suffix = ".yaml"

  /// The resources beside the executable, as the build leaves them, then `../share/verge/recipes` of an installation.
  private static var folders: [URL] {
    let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    return [
      folder.appendingPathComponent("verge_Training.resources/Presets"),
      folder.deletingLastPathComponent().appendingPathComponent("share/verge/recipes"),
    ]
  }
}
