// Where the overlay goes when nobody says.
import Foundation

/// `drive.mp4` becomes `drive.overlay.mp4`, beside the input.
enum DefaultOutput {
  /// Suffixes of single pictures.
  static let pictureSuffixes: Set<String> = [
    "png", "jpg", "jpeg", "bmp", "tif", "tiff", "webp", "ppm", "pgm", "pnm", "pam",
  ]

  /// The overlay's path for an input; nil where a name cannot be made up: standard input, URLs, devices, globs.
  static func path(for input: String) -> String? {
    guard input != "-", !input.contains("://"), !input.hasPrefix("/dev/"), !input.contains(where: "*?%".contains) else {
      return nil
    }
    let file = URL(filePath: input)
    let base = file.deletingPathExtension().relativePath + ".overlay"
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: input, isDirectory: &isFolder), isFolder.boolValue {
      return file.relativePath + ".overlay"
    }
    let suffix = file.pathExtension.lowercased()
    if pictureSuffixes.contains(suffix) { return base + ".png" }
    return base + (suffix == "mkv" ? ".mkv" : ".mp4")
  }
}
