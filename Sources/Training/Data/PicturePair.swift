// Photographs and their masks, file by file.
import Foundation

/// A photograph's file and its mask's.
struct PicturePair: Sendable, Hashable {
  let image: String
  /// Equal to `image` where the mask is the right half of the photograph's own file.
  let mask: String
  /// Path below the folder of photographs, without suffix, extension and what `PairNames` leaves out.
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

  /// What lies in the folders of one part of a split.
  struct Content {
    /// In order of their names.
    var pairs: [PicturePair] = []
    /// Names of what has no partner, in order.
    var lonelyImages: [String] = []
    var lonelyMasks: [String] = []
    /// Files among the photographs that are no pictures.
    var strangers: [String] = []
    var imageFolder = ""
    var maskFolder = ""
  }

  /// The pairs of one part of a split, in order of their names.
  ///
  /// - Throws: `TrainingError.data` when a folder is missing or empty, or a photograph has no mask.
  func pairs(in path: String, part: SplitFolder) throws(TrainingError) -> [PicturePair] {
    let content = try content(in: path, part: part)
    let unpaired = (content.lonelyImages + content.lonelyMasks).sorted()
    if let name = unpaired.first {
      let isPhotograph = content.lonelyImages.first == name
      throw .data(
        path: isPhotograph ? content.maskFolder : content.imageFolder,
        reason: "no \(isPhotograph ? "mask" : "photograph") for '\(name)' (\(unpaired.count) files without counterpart)"
      )
    }
    return try part.choose(from: content.pairs, path: content.imageFolder)
  }

  /// Everything in the folders of one part of a split.
  ///
  /// - Throws: `TrainingError.data` when a folder is missing or holds no pictures.
  func content(in path: String, part: SplitFolder) throws(TrainingError) -> Content {
    var content = Content(imageFolder: try folder(images, of: path, split: part.folder))
    var (imageFiles, others) = try Self.files(in: content.imageFolder, suffixes: imageSuffixes, only: false)
    content.strangers = others.sorted()
    if images == masks {
      content.pairs = imageFiles.map { PicturePair(image: $1, mask: $1, name: $0) }.sorted { $0.name < $1.name }
      return content
    }
    content.maskFolder = try folder(masks, of: path, split: part.folder)
    var maskFiles = try Self.files(in: content.maskFolder, suffixes: maskSuffixes, only: !maskSuffixes.isEmpty).pictures
    PairNames.unify(&imageFiles, &maskFiles)
    content.lonelyImages = imageFiles.keys.filter { maskFiles[$0] == nil }.sorted()
    content.lonelyMasks = maskFiles.keys.filter { imageFiles[$0] == nil }.sorted()
    content.pairs = imageFiles.sorted { $0.key < $1.key }.compactMap { name, image in
      maskFiles[name].map { PicturePair(image: image, mask: $0, name: name) }
    }
    return content
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

  /// Picture files by what pairs have in common, folders below included, and the names of other files.
  private static func files(
    in folder: String, suffixes: [String], only: Bool
  ) throws(TrainingError) -> (pictures: [String: String], others: [String]) {
    var files: [String: String] = [:]
    var others: [String] = []
    for path in FileManager.default.enumerator(atPath: folder) ?? .init() {
      guard let path = path as? String, !(path as NSString).lastPathComponent.hasPrefix(".") else { continue }
      guard ["png", "jpg", "jpeg"].contains((path as NSString).pathExtension.lowercased()) else {
        if !isFolder("\(folder)/\(path)") { others.append(path) }
        continue
      }
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
    return (files, others)
  }

  static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  /// Names in a folder, in order.
  static func folders(in path: String) -> [String] {
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
