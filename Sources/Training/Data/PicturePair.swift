// Photographs and their masks, file by file.
import Foundation

/// A photograph's file and its mask's.
struct PicturePair: Sendable, Hashable {
  let image: String
  /// Equal to `image` where the mask is the right half of the photograph's own file.
  let mask: String
  /// Path below the folder of photographs, without suffix and extension.
  let name: String

  /// What was taken in one go: the folder that a file lies in, or the part of its name before the last `_` and a number.
  var drive: String {
    if let slash = name.lastIndex(of: "/") { return String(name[..<slash]) }
    guard let line = name.lastIndex(of: "_"), name[line...].contains(where: \.isNumber) else { return "" }
    return String(name[..<line])
  }
}

/// Where a format keeps its photographs and masks.
struct FolderLayout: Sendable {
  let images, masks: String
  /// Endings of names before the extension that are not part of what pairs have in common; the first that fits is cut off.
  var imageSuffixes: [String] = []
  /// As `imageSuffixes`; where there are any, other files in the folder of masks are none.
  var maskSuffixes: [String] = []

  /// The pairs of one part of a split, in order of their names.
  ///
  /// - Throws: `TrainingError.data` when a folder is missing or empty, or a photograph has no mask.
  func pairs(in path: String, part: SplitFolder) throws(TrainingError) -> [PicturePair] {
    let imageFolder = try folder(images, of: path, split: part.folder)
    let imageFiles = try Self.files(in: imageFolder, suffixes: imageSuffixes, only: false)
    if images == masks {
      return try part.choose(
        from: imageFiles.map { PicturePair(image: $1, mask: $1, name: $0) }.sorted { $0.name < $1.name },
        path: imageFolder)
    }
    let maskFolder = try folder(masks, of: path, split: part.folder)
    let maskFiles = try Self.files(in: maskFolder, suffixes: maskSuffixes, only: !maskSuffixes.isEmpty)
    let unpaired = Set(imageFiles.keys).symmetricDifference(maskFiles.keys)
    if let name = unpaired.min() {
      let missing = imageFiles[name] == nil ? "photograph" : "mask"
      let place = imageFiles[name] == nil ? imageFolder : maskFolder
      throw .data(path: place, reason: "no \(missing) for '\(name)' (\(unpaired.count) files without counterpart)")
    }
    let pairs = imageFiles.sorted { $0.key < $1.key }.compactMap { name, image in
      maskFiles[name].map { PicturePair(image: image, mask: $0, name: name) }
    }
    return try part.choose(from: pairs, path: imageFolder)
  }

  /// `PATH/SPLIT/NAME` or `PATH/NAME/SPLIT`, whichever is there.
  private func folder(_ name: String, of path: String, split: String) throws(TrainingError) -> String {
    let places = split.isEmpty ? ["\(path)/\(name)"] : ["\(path)/\(split)/\(name)", "\(path)/\(name)/\(split)"]
    for place in places.map({ $0.hasSuffix("/") ? String($0.dropLast()) : $0 }) where Self.isFolder(place) {
      return place
    }
    let splits = Self.folders(in: path).filter { Self.isFolder("\(path)/\($0)/\(name)") }
    let hint = splits.isEmpty ? "" : "; its splits: \(splits.joined(separator: ", "))"
    throw .data(path: places[0], reason: "no such folder, or it may not be read" + hint)
  }

  /// Picture files by what pairs have in common, folders below included.
  private static func files(
    in folder: String, suffixes: [String], only: Bool
  ) throws(TrainingError) -> [String: String] {
    var files: [String: String] = [:]
    for path in FileManager.default.enumerator(atPath: folder) ?? .init() {
      guard let path = path as? String, !(path as NSString).lastPathComponent.hasPrefix(".") else { continue }
      guard ["png", "jpg", "jpeg"].contains((path as NSString).pathExtension.lowercased()) else { continue }
      let name = (path as NSString).deletingPathExtension
      let suffix = suffixes.first { name.lowercased().hasSuffix($0) }
      if only, suffix == nil { continue }
      let key = String(name.dropLast(suffix?.count ?? 0))
      if let other = files[key] {
        throw .data(path: "\(folder)/\(path)", reason: "has the same name as \((other as NSString).lastPathComponent)")
      }
      files[key] = "\(folder)/\(path)"
    }
    guard !files.isEmpty else {
      let names = only ? ", named *\(suffixes.joined(separator: ", *"))" : ""
      throw .data(path: folder, reason: "no pictures in it (.png, .jpg)" + names)
    }
    return files
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  private static func folders(in path: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()  // no folder holds no splits
  }

  /// Whether the folder of masks of any part holds a file of this ending.
  func hasMasks(_ suffix: String, in path: String, parts: [SplitFolder]) throws(TrainingError) -> Bool {
    for part in parts {
      let place = try folder(masks, of: path, split: part.folder)
      let files = (FileManager.default.enumerator(atPath: place) ?? .init()).lazy.compactMap { $0 as? String }
      if files.contains(where: { ($0 as NSString).deletingPathExtension.lowercased().hasSuffix(suffix) }) {
        return true
      }
    }
    return false
  }
}
