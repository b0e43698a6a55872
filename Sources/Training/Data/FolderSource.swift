// Data sets that are files on disk: a photograph and a mask for each picture.
import Foundation
import Frames
import UNet
import Video

/// Pairs of files with the same name (extensions may differ), in order of the names.
struct FolderSource: LabelledSource {
  /// As receipts name it, see `DataSpecification.shareable`.
  let specification: String
  let classes: [PixelClass]
  let notes: [String]
  let warnings: [String]
  let changes: ClassMapFile?
  private let form: MaskForm
  private let pairs: [PicturePair]

  /// - Throws: `TrainingError.data` when a folder is missing, empty, or a photograph has no mask, or nothing tells what
  ///   the masks' labels are.
  init(_ specification: DataSpecification, changes: ClassMapFile? = nil) throws(TrainingError) {
    let format = FolderFormat(specification)
    let list = try format.givenClasses()
    let layout = try format.layout(list)
    var pairs: [PicturePair] = []
    for part in format.parts { pairs += try layout.pairs(in: specification.path, part: part) }
    var warnings: [String] = []
    if let choice = specification.choice {
      pairs = try choice.apply(to: pairs, folder: specification.path)
      if choice.unit == .random {
        warnings.append(
          "\(choice) takes single frames: neighbours lie on both sides, and scores on the rest are too high")
      }
    }
    let masks = try format.masks(pairs, list: list)
    (self.specification, self.changes, self.pairs) = (specification.shareable, changes, pairs)
    (classes, form) = (masks.list.classes, masks.form)
    notes = masks.notes.map { "\(specification): \($0)" }
    self.warnings = warnings.map { "\(specification): \($0)" }
  }

  var classNames: [String] { classes.map(\.name) }

  var count: Int { pairs.count }

  func name(at index: Int) -> String { pairs[index].image }

  func picture(at index: Int) throws(TrainingError) -> LabelledPicture {
    let pair = pairs[index]
    let frame: Frame
    do throws(VideoError) { frame = try ImageFile.readRGB(pair.image, strictly: true) } catch {
      throw .picture(path: pair.image, reason: error.cause)
    }
    do throws(VideoError) {
      return pair.mask == pair.image ? try halves(of: frame, path: pair.image) : try picture(frame, mask: pair.mask)
    } catch {
      throw .picture(path: pair.mask, reason: error.cause)
    }
  }

  private func picture(_ frame: Frame, mask: String) throws(VideoError) -> LabelledPicture {
    let map = try form.read(mask)
    guard (map.width, map.height) == (frame.width, frame.height) else {
      throw .badPicture(
        mask, cause: "\(map.width)×\(map.height), but its photograph is \(frame.width)×\(frame.height)")
    }
    return LabelledPicture(frame: frame, map: map)
  }

  /// Photograph left, coloured mask right.
  private func halves(of frame: Frame, path: String) throws(VideoError) -> LabelledPicture {
    guard frame.width % 2 == 0, case .colors(let table) = form else {
      throw .badPicture(path, cause: "\(frame.width) pixels wide, which makes no two halves")
    }
    let (width, height) = (frame.width / 2, frame.height)
    var rgb = [UInt8]()
    rgb.reserveCapacity(3 * width * height)
    for y in 0..<height { rgb.append(contentsOf: UnsafeBufferPointer(start: frame.planes[0].row(y), count: 3 * width)) }
    let map = table.labels(of: frame, from: width)
    let labels = withExtendedLifetime(map) { Array(map.buffer) }
    return LabelledPicture(width: width, height: height, rgb: rgb, labels: labels)
  }
}

extension VideoError {
  /// What is wrong, without the name of the file where that is told anyway.
  fileprivate var cause: String {
    switch self {
    case .cannotOpen(_, let cause), .badPicture(_, let cause): cause
    case .notMedia(_, let cause): "is no picture, or damaged: \(cause)"
    default: "\(self)"
    }
  }
}
