// Nothing of the user's is overwritten by accident.
import Foundation

/// Checks the files that a run is going to write before anything is opened.
struct OutputGuard {
  let input: String
  let overwrite: Bool
  private var seen: Set<String> = []

  init(input: String, overwrite: Bool) {
    self.input = input
    self.overwrite = overwrite
  }

  /// - Parameter path: a file or folder; `-`, URLs and `null:` and the like pass.
  /// - Throws: `CommandError.unusable` for the input itself, or for one file asked for twice; `.exists`.
  mutating func check(_ path: String?) throws(CommandError) {
    guard let path, path != "-", !path.contains("://"), !path.hasSuffix(":") else { return }
    guard seen.insert(URL(filePath: path).standardizedFileURL.path).inserted else {
      throw .unusable(what: path, why: "two outputs cannot go into one file")
    }
    var (target, source) = (stat(), stat())
    guard stat(path, &target) == 0 else { return }
    let kind = target.st_mode & S_IFMT
    guard kind == S_IFREG || kind == S_IFDIR else { return }
    let read = kind == S_IFDIR ? inputFolder : input
    if kind == S_IFREG || overwrite, stat(read, &source) == 0,
      (source.st_dev, source.st_ino) == (target.st_dev, target.st_ino)
    {
      throw .unusable(what: path, why: "is the input itself; choose another output")
    }
    // In an existing folder each file is looked at when it comes to be written.
    if kind == S_IFREG, !overwrite { throw .exists(path: path) }
  }

  /// The folder whose pictures are read, since masks and overlays get the pictures' names; the input itself for a video.
  private var inputFolder: String {
    let file = URL(filePath: input)
    let isPicture = DefaultOutput.pictureSuffixes.contains(file.pathExtension.lowercased())
    return isPicture ? file.deletingLastPathComponent().path : input
  }
}
