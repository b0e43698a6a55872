// From a path to the splits that lie there.
import Foundation
import Frames
import Video

extension LintSplit {
  /// The splits of a data set: of a folder whose format is found out, or of `FORMAT:PATH[:SPLIT]`.
  ///
  /// - Returns: nothing for what is no data set by name or content.
  /// - Throws: `TrainingError` for a data set that cannot be opened: folders without pictures, unknown labels.
  public static func find(_ text: String) throws(TrainingError) -> [LintSplit] {
    guard let specification = try specification(text) else { return [] }
    let isGuess = specification.format == .camvid && FolderLayout.isFolder(text)
    let names = specification.split.isEmpty ? SetFolder.splits(of: specification.path, specification.format) : []
    guard !names.isEmpty else { return [try LintSplit(specification, isGuess: isGuess)] }
    let labels = specification.labels.map { "@\($0)" } ?? ""
    var splits: [LintSplit] = []
    for name in names {
      let split = "\(specification.format.rawValue)\(labels):\(specification.path):\(name)"
      splits.append(try LintSplit(try DataSpecification(split), isGuess: isGuess && splits.isEmpty))
    }
    return splits
  }

  /// What `text` names as a data set; nil when it is none.
  private static func specification(_ text: String) throws(TrainingError) -> DataSpecification? {
    if FolderLayout.isFolder(text) {
      let path = text.count > 1 && text.hasSuffix("/") ? String(text.dropLast()) : text
      return try SetFolder.format(of: path).map { format throws(TrainingError) in
        try DataSpecification("\(format.rawValue):\(path)")
      }
    }
    let name = text.prefix { $0 != ":" && $0 != "@" }
    guard name.count < text.count, let format = DataSpecification.Format(rawValue: String(name)) else { return nil }
    guard format != .scenes else {
      throw .specification(text, reason: "scenes are drawn when they are asked for; there is nothing to inspect")
    }
    return try DataSpecification(text)
  }

  /// Why a folder is taken for no data set, and what one would look like.
  public static func reason(forNoDataSet folder: String) -> String {
    for (images, masks) in SetFolder.names.values {
      let there = [images, masks].filter { FolderLayout.isFolder("\(folder)/\($0)") }
      if there.count == 1 { return "\(there[0])/ is there, but \(there[0] == images ? masks : images)/ is missing" }
    }
    return "neither pictures nor a data set in it: images/ and masks/, CameraRGB/ and CameraSeg/, or leftImg8bit/ and "
      + "gtFine/; other formats by name, such as pairs:\(folder)"
  }
}

/// What the names of folders tell about a data set.
enum SetFolder {
  /// Folders of photographs and masks by format.
  static let names: [DataSpecification.Format: (images: String, masks: String)] = [
    .carla: ("CameraRGB", "CameraSeg"), .cityscapes: ("leftImg8bit", "gtFine"), .camvid: ("images", "masks"),
  ]

  /// Folders that are splits rather than drives.
  private static let splitNames: Set<String> = [
    "train", "training", "val", "valid", "validation", "test", "testing", "trainval", "train_extra",
  ]

  /// The format of the set in a folder, or in the folders right below it; nil where there is none.
  static func format(of path: String) -> DataSpecification.Format? {
    for folder in [path] + FolderLayout.folders(in: path).map({ "\(path)/\($0)" }) {
      for (format, (images, masks)) in names
      where FolderLayout.isFolder("\(folder)/\(images)") && FolderLayout.isFolder("\(folder)/\(masks)") {
        return format == .camvid ? formatOfNumbers(path, masks: "\(folder)/\(masks)") : format
      }
    }
    return nil
  }

  /// Splits by name: folders that hold a set each, or folders below those of photographs and of masks; none where the set is
  /// not divided.
  static func splits(of path: String, _ format: DataSpecification.Format) -> [String] {
    if format == .pairs { return FolderLayout.folders(in: path).filter { splitNames.contains($0.lowercased()) } }
    guard let (images, masks) = names[format == .masks ? .camvid : format] else { return [] }
    let hasBoth = { (a: String, b: String) in
      FolderLayout.isFolder("\(path)/\(a)") && FolderLayout.isFolder("\(path)/\(b)")
    }
    if hasBoth(images, masks) {
      let inner = FolderLayout.folders(in: "\(path)/\(images)")
      return inner.filter { splitNames.contains($0.lowercased()) && hasBoth("\(images)/\($0)", "\(masks)/\($0)") }
    }
    return FolderLayout.folders(in: path).filter { hasBoth("\($0)/\(images)", "\($0)/\(masks)") }
  }

  /// `camvid` where masks hold its numbers, most of them, and nobody has named other classes; else `masks`.
  private static func formatOfNumbers(_ path: String, masks: String) -> DataSpecification.Format {
    let lists = ["classes.txt", "classes.json", "classes.yaml"].flatMap { ["\(path)/\($0)", "\(masks)/../\($0)"] }
    if lists.contains(where: { FileManager.default.fileExists(atPath: $0) }) { return .masks }
    let names = (FileManager.default.enumerator(atPath: masks) ?? .init()).compactMap { $0 as? String }.sorted()
    let files = names.filter { ["png", "jpg", "jpeg"].contains(($0 as NSString).pathExtension.lowercased()) }
    let some = stride(from: 0, to: files.count, by: max(1, files.count / 8)).map { "\(masks)/\(files[$0])" }
    var numbers: Set<UInt8> = []
    let fitting = some.count { path in
      // What cannot be read here is told when the set is read.
      guard let map = try? ImageFile.readIndices(path), PictureHeader(path: path)?.kind == .png else { return false }
      let own = Set(map.buffer).subtracting([ignoreLabel])
      guard own.allSatisfy({ $0 <= 11 }) else { return false }
      numbers.formUnion(own)
      return true
    }
    return numbers.count >= 6 && 2 * fitting >= some.count ? .camvid : .masks
  }
}
