// Data sets that are a folder of photographs beside a folder of masks.
import Foundation
import Frames
import UNet
import Video

/// Where a format keeps its photographs and masks, and how a mask holds its labels.
struct FolderLayout: Sendable {
  let imageFolder, maskFolder: String
  let classNames: [String]
  /// Labels beyond the class list that stand for "none", beside 255.
  let ignored: Set<UInt8>
  let readMask: @Sendable (String) throws(VideoError) -> LabelMap

  /// `images/` and `masks/` of indices; 11 is CamVid's void.
  static let camvid = FolderLayout(
    imageFolder: "images", maskFolder: "masks", classNames: ClassList.camvid.map(\.name), ignored: [11]
  ) { path throws(VideoError) in try ImageFile.readIndices(path) }

  /// `CameraRGB/` and `CameraSeg/`, the label in the red channel.
  static let carla = FolderLayout(
    imageFolder: "CameraRGB", maskFolder: "CameraSeg", classNames: ClassList.carla.map(\.name), ignored: []
  ) { path throws(VideoError) in try ImageFile.readRed(path) }
}

/// Pairs of files with the same name (extensions may differ), in order of the names.
struct FolderSource: LabelledSource {
  /// As receipts name it, see `DataSpecification.shareable`.
  let specification: String
  let classNames: [String]
  private let layout: FolderLayout
  /// Paths without extension are equal in the two folders.
  private let pairs: [(image: String, mask: String)]

  /// - Throws: `TrainingError.data` when a folder is missing, empty, or a photograph has no mask.
  init(_ specification: DataSpecification, layout: FolderLayout) throws(TrainingError) {
    self.specification = specification.shareable
    self.layout = layout
    classNames = layout.classNames
    let images = try Self.files(in: specification.folder + "/" + layout.imageFolder)
    let masks = try Self.files(in: specification.folder + "/" + layout.maskFolder)
    let unpaired = Set(images.keys).symmetricDifference(masks.keys)
    if let name = unpaired.min() {
      let missing = images[name] == nil ? "photograph" : "mask"
      throw .data(path: specification.folder, reason: "'\(name)' has no \(missing) (\(unpaired.count) such files)")
    }
    guard !images.isEmpty else { throw .data(path: specification.folder, reason: "no pictures in it") }
    pairs = images.keys.sorted().compactMap { key in
      images[key].flatMap { image in masks[key].map { (image, $0) } }
    }
  }

  var count: Int { pairs.count }

  func name(at index: Int) -> String { pairs[index].image }

  func picture(at index: Int) throws(TrainingError) -> LabelledPicture {
    let pair = pairs[index]
    do throws(VideoError) {
      let frame = try ImageFile.readRGB(pair.image)
      let map = try layout.readMask(pair.mask)
      guard (map.width, map.height) == (frame.width, frame.height) else {
        throw VideoError.badPicture(
          pair.mask, cause: "\(map.width)×\(map.height), but its photograph is \(frame.width)×\(frame.height)")
      }
      if let label = map.buffer.first(where: { !isKnown($0) }) {
        throw VideoError.badPicture(
          pair.mask, cause: "label \(label) is not one of the \(classNames.count) classes of this format")
      }
      return LabelledPicture(frame: frame, map: map)
    } catch {
      throw .data(path: pair.image, reason: "\(error)")
    }
  }

  private func isKnown(_ label: UInt8) -> Bool {
    Int(label) < classNames.count || label == ignoreLabel || layout.ignored.contains(label)
  }

  /// Picture files by name without extension.
  private static func files(in folder: String) throws(TrainingError) -> [String: String] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {  // the reason is told below
      throw .data(path: folder, reason: "no such folder, or it may not be read")
    }
    let pictures = names.filter { ["png", "jpg", "jpeg"].contains(($0 as NSString).pathExtension.lowercased()) }
    return Dictionary(
      pictures.map { (($0 as NSString).deletingPathExtension, folder + "/" + $0) },
      uniquingKeysWith: { first, _ in first })
  }
}
