// Where the files are that come with training: label sets, class maps, recipes.
import Foundation

/// Finds resources of this target.
enum Resources {
  /// A folder of resources, such as `ClassMaps`; nil when it is not there.
  ///
  /// Looks beside the executable, as the build leaves it, then in `../share/verge` of an installation. `Bundle.module`
  /// would do for the first, but ends the program when the folder is not there.
  static func folder(_ name: String) -> String? {
    let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    return [
      executable.appendingPathComponent("verge_Training.resources/\(name)").path,
      executable.deletingLastPathComponent().appendingPathComponent("share/verge/\(name)").path,
    ].first { FileManager.default.fileExists(atPath: $0) }
  }
}
