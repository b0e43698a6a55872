// What each format on disk means: its folders, its label sets, and how its masks hold labels.
import Foundation
import Frames
import UNet

/// How to find and read the files of one data set.
struct FolderFormat {
  /// A data set's classes, how its masks hold them, and what the user should know of that.
  struct Masks {
    let list: ClassList
    let form: MaskForm
    var notes: [String] = []
  }

  let specification: DataSpecification
  let parts: [SplitFolder]

  init(_ specification: DataSpecification) {
    self.specification = specification
    parts = SplitFolder.parts(of: specification.split)
  }

  /// The label set given after `@`: a file, a known one, or a known one of this format without its name (`carla@0.9.14`).
  func givenClasses() throws(TrainingError) -> ClassList? {
    guard let labels = specification.labels else { return nil }
    if labels.contains("/") || labels.contains("."), FileManager.default.fileExists(atPath: labels) {
      return try ClassList(contentsOf: labels)
    }
    let ofFormat = "\(specification.format.rawValue)-\(labels)"
    return try ClassList.named(ClassList.known.contains(ofFormat) ? ofFormat : labels)
  }

  func layout(_ list: ClassList?) throws(TrainingError) -> FolderLayout {
    switch specification.format {
    case .carla: return FolderLayout(images: "CameraRGB", masks: "CameraSeg")
    case .cityscapes: return try cityscapesLayout(list)
    case .pairs: return FolderLayout(images: "", masks: "")
    case .camvid, .masks, .scenes: return FolderLayout(images: "images", masks: "masks")
    }
  }

  /// Of the masks that lie side by side those of the wanted label set, or the richest.
  private func cityscapesLayout(_ list: ClassList?) throws(TrainingError) -> FolderLayout {
    let endings = Self.cityscapesEndings
    func layout(_ suffix: String) -> FolderLayout {
      FolderLayout(
        images: "leftImg8bit", masks: "gtFine", imageSuffixes: ["_leftimg8bit", "_image"],
        maskSuffixes: ["_gtfine" + suffix, suffix])
    }
    let wanted = endings.filter { list?.name == $0.list } + endings.filter { list?.name != $0.list }
    for ending in wanted where try layout("").hasMasks(ending.suffix, in: specification.path, parts: parts) {
      return layout(ending.suffix)
    }
    throw .data(
      path: specification.path,
      reason: "no masks named *_labelIds.png, *_labelTrainIds.png, *_labellevel3Ids.png or *_label.png")
  }

  /// Endings of names of masks, in lower case, and their label sets.
  private static let cityscapesEndings = [
    (suffix: "_labelids", list: "cityscapes-34"), (suffix: "_labeltrainids", list: "cityscapes-19"),
    (suffix: "_labellevel3ids", list: "idd"), (suffix: "_label", list: "idd-lite"),
  ]

  /// What the masks of `pairs` hold.
  ///
  /// - Throws: `TrainingError.data` when that cannot be told.
  func masks(_ pairs: [PicturePair], list: ClassList?) throws(TrainingError) -> Masks {
    switch specification.format {
    case .camvid, .scenes:
      let list = try self.list(list, or: "camvid")
      return Masks(list: list, form: .numbers(list.table))
    case .carla: return try CarlaLabels(specification).masks(pairs, given: list)
    case .cityscapes:
      let list = try self.list(list, or: cityscapesList(pairs))
      return Masks(list: list, form: .numbers(list.table), notes: ["labels of \(list.name)"])
    case .pairs:
      let list = try self.list(try beside(list), or: "cityscapes-34")
      return Masks(list: list, form: .colors(try ColorTable(list)))
    case .masks: return try MaskSurvey(specification).masks(pairs, list: try beside(list))
    }
  }

  private func cityscapesList(_ pairs: [PicturePair]) -> String {
    let mask = ((pairs.first?.mask ?? "") as NSString).deletingPathExtension.lowercased()
    return Self.cityscapesEndings.first { mask.hasSuffix($0.suffix) }?.list ?? "cityscapes-34"
  }

  private func list(_ given: ClassList?, or name: String) throws(TrainingError) -> ClassList {
    if let given { return given }
    return try ClassList.named(name)
  }

  /// The given classes, or those of `classes.txt`, `.json` or `.yaml` beside the pictures or above the split.
  private func beside(_ given: ClassList?) throws(TrainingError) -> ClassList? {
    if let given { return given }
    for folder in parts.map({ "\(specification.path)/\($0.folder)" }) + [specification.path] {
      for file in ["classes.txt", "classes.json", "classes.yaml"].map({ "\(folder)/\($0)" })
      where FileManager.default.fileExists(atPath: file) {
        return try ClassList(contentsOf: file)
      }
    }
    return nil
  }
}
