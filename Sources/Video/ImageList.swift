// Which files an image argument means.
import Foundation

/// Finds the images that a path, folder or glob stands for.
enum ImageList {
  static let suffixes: Set<String> = [
    "png", "jpg", "jpeg", "bmp", "tif", "tiff", "webp", "ppm", "pgm", "pnm", "pam", "tga", "exr", "jp2", "jxl", "avif",
    "heic",
  ]

  /// The images in natural order ("2.png" before "10.png"), or nil when `name` is no image, folder or glob.
  ///
  /// - Throws: `VideoError.cannotOpen` for a folder that may not be read and for one without images.
  static func paths(_ name: String) throws(VideoError) -> [String]? {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: name, isDirectory: &isFolder) {
      if isFolder.boolValue { return try content(of: name) }
      return isImage(name) ? [name] : nil
    }
    guard name.contains(where: { "*?[".contains($0) }), !name.contains("://") else { return nil }
    let found = sorted(expand(name).filter { isImage($0) })
    if found.isEmpty { throw .cannotOpen(name, cause: "no image matches") }
    return found
  }

  static func sorted(_ paths: [String]) -> [String] {
    paths.sorted { $0.compare($1, options: [.numeric, .forcedOrdering]) == .orderedAscending }
  }

  private static func isImage(_ path: String) -> Bool {
    var about = stat()
    guard stat(path, &about) == 0, about.st_mode & S_IFMT == S_IFREG else { return false }
    return suffixes.contains((path as NSString).pathExtension.lowercased())
  }

  private static func content(of folder: String) throws(VideoError) -> [String] {
    let names: [String]
    do { names = try FileManager.default.contentsOfDirectory(atPath: folder) } catch {
      throw .cannotOpen(folder, cause: "the folder may not be read")
    }
    let base = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    let found = sorted(names.filter { !$0.hasPrefix(".") }.map { "\(base)/\($0)" }.filter(isImage))
    if found.isEmpty { throw .cannotOpen(folder, cause: "no image in this folder") }
    return found
  }

  private static func expand(_ pattern: String) -> [String] {
    var matches = glob_t()
    defer { globfree(&matches) }
    guard glob(pattern, 0, nil, &matches) == 0 else { return [] }
    return (0..<Int(matches.gl_pathc)).compactMap { matches.gl_pathv[$0].map { String(cString: $0) } }
  }
}
