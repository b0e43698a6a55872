// A split of a data set as it lies on disk, before anything in it is trusted.
import Foundation
import Frames
public import UNet
import Video

/// The files of a split: pairs by name, and what has no partner.
public struct LintSplit: Sendable {
  /// A mask as it was read.
  struct Mask: Sendable {
    /// Classes by their place in `classes`; 255 ignored or unknown.
    let labels: LabelMap
    /// Numbers in the file that the format does not know.
    var unknown: Set<UInt8> = []
    /// Whether the file holds 0 and 255 and nothing else.
    var isExtreme = false
    /// Share of the pixels whose colour is like that of no class.
    var foreignShare = 0.0
  }

  /// The split's name, such as `train`; empty where the folder itself is the set.
  public let name: String
  /// As `--data` names it: `FORMAT:PATH[:SPLIT]`.
  public let specification: String
  public let format: String
  public let classes: [PixelClass]
  /// In natural order: frame 9 before frame 10.
  let pairs: [PicturePair]
  /// Names without partner.
  let lonelyImages, lonelyMasks: [String]
  /// Files among the pictures that are none.
  let strangers: [String]
  /// What was found out of the format, a line each.
  let notes: [String]
  private let form: MaskForm

  /// Lists the files, and looks at some masks where that tells what their labels are.
  ///
  /// - Parameter isGuess: whether only the numbers in the masks speak for the format.
  /// - Throws: `TrainingError` when folders are missing or empty, or nothing tells what the labels are.
  init(_ specification: DataSpecification, isGuess: Bool = false) throws(TrainingError) {
    let format = FolderFormat(specification)
    let list = try format.givenClasses()
    let layout = try format.layout(list)
    var content = FolderLayout.Content()
    for part in format.parts {
      let found = try layout.content(in: specification.path, part: part)
      content.pairs += try part.choose(from: found.pairs, path: found.imageFolder)
      content.lonelyImages += found.lonelyImages
      content.lonelyMasks += found.lonelyMasks
      content.strangers += found.strangers
    }
    if let choice = specification.choice {
      content.pairs = try choice.apply(to: content.pairs, folder: specification.path)
    }
    let masks = try format.masks(content.pairs, list: list)
    (name, self.specification, self.format) = (specification.split, "\(specification)", specification.format.rawValue)
    (classes, form) = (masks.list.classes, masks.form)
    let guess = "the numbers in the masks are taken for \(specification.format)'s classes; others: a line for each in "
    let hints = isGuess ? [guess + "\(specification.path)/classes.txt"] : []
    notes = content.pairs.isEmpty ? [] : masks.notes + hints
    pairs = content.pairs.sorted {
      $0.name.compare($1.name, options: [.numeric, .forcedOrdering]) == .orderedAscending
    }
    (lonelyImages, lonelyMasks) = (content.lonelyImages, content.lonelyMasks)
    strangers = content.strangers
  }

  /// Whether labels are read from colours, so that any picture will do for a mask.
  var readsColors: Bool {
    if case .colors = form { return true }
    return false
  }

  /// Whether a mask in colours cannot be read.
  var wantsNumbers: Bool {
    if case .numbers = form { return true }
    return false
  }

  /// An upright `rgb24` frame.
  func photograph(of pair: PicturePair) throws(VideoError) -> Frame {
    let frame = try ImageFile.readRGB(pair.image, strictly: true)
    return pair.image == pair.mask ? frame.half(0) : frame
  }

  func mask(of pair: PicturePair) throws(VideoError) -> Mask {
    switch form {
    case .colors(let table):
      let whole = try ImageFile.readRGB(pair.mask, strictly: true)
      let frame = pair.image == pair.mask ? whole.half(1) : whole
      return Mask(labels: table.labels(of: frame), foreignShare: table.foreignShare(of: frame))
    case .numbers(let table): return Mask(try ImageFile.readIndices(pair.mask, strictly: true), table)
    case .red(let table): return Mask(try ImageFile.readRed(pair.mask, strictly: true), table)
    }
  }
}

extension LintSplit.Mask {
  /// Replaces numbers by labels in place; unknown ones are gathered.
  fileprivate init(_ map: LabelMap, _ table: [UInt8?]) {
    var counts = [Int](repeating: 0, count: 256)
    for i in map.buffer.indices {
      let number = Int(map.labels[i])
      counts[number] += 1
      map.labels[i] = table[number] ?? ignoreLabel
    }
    let numbers = counts.indices.filter { counts[$0] > 0 }
    self.init(
      labels: map, unknown: Set(numbers.filter { table[$0] == nil }.map { UInt8($0) }), isExtreme: numbers == [0, 255])
  }
}

extension Frame {
  /// The left (0) or right (1) half of an `rgb24` frame.
  fileprivate func half(_ side: Int) -> Frame {
    let half = Frame(width: max(1, width / 2), height: height, format: .rgb24)
    for y in 0..<height {
      half.planes[0].row(y).update(from: planes[0].row(y) + 3 * side * (width / 2), count: 3 * (width / 2))
    }
    return half
  }
}
