// The clip that is measured when nobody names one.
import Foundation

enum Sample {
  /// `samples/drive.mp4` of the package that the program was built in, or of an installation; nil where there is none.
  static var path: String? {
    var folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    for _ in 0..<5 {
      for name in ["samples/drive.mp4", "share/verge/samples/drive.mp4"] {
        let file = folder.appending(path: name).path
        if FileManager.default.fileExists(atPath: file) { return file }
      }
      folder.deleteLastPathComponent()
    }
    return nil
  }

  /// - Throws: `CommandError.unusable` where there is no sample.
  static func find() throws(CommandError) -> String {
    guard let path else {
      throw .unusable(
        what: "samples/drive.mp4", why: "is not where the program was built; name a video to measure with")
    }
    return path
  }
}
