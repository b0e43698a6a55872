// What somebody's masks hold: black and white, numbers, or colours.
import Foundation
import Frames
import UNet
import Video

/// Looks at some masks of a set of no known format to tell how they are to be read.
struct MaskSurvey {
  /// Masks to look at, evenly spread over the set.
  private static let sample = 16

  private let specification: DataSpecification

  init(_ specification: DataSpecification) { self.specification = specification }

  /// What was seen in the sample.
  private struct Sight {
    /// Numbers of masks without colours.
    var numbers = [Int](repeating: 0, count: 256)
    /// Colours, exact ones of coloured masks.
    var colors: [RGB: Int] = [:]
    /// Whether any of the masks was a JPEG.
    var isLossy = false

    /// Grey values of all masks, where coloured ones have no colour in them.
    var grays: [Int]? {
      var grays = numbers
      for (color, count) in colors {
        let (low, high) = (min(color.red, color.green, color.blue), max(color.red, color.green, color.blue))
        guard high - low <= 16 else { return nil }
        grays[Int(color.green)] += count
      }
      return grays
    }

    /// Whether nearly all is black or white, or as near to it as JPEG leaves it.
    var isBlackAndWhite: Bool {
      guard let grays else { return false }
      // Shades between are compression's or smooth edges', when there are many of them and little of each.
      let isSmooth = isLossy || grays[1..<255].count { $0 > 0 } >= 16
      let far = isSmooth ? 48 : 0
      let (black, white) = (grays[0...far].reduce(0, +), grays[(255 - far)...255].reduce(0, +))
      return white > 0 && black + white >= grays.reduce(0, +) * (isSmooth ? 95 : 100) / 100
    }
  }

  /// How the masks are to be read, with the given classes or those that need no names.
  ///
  /// - Throws: `TrainingError.data` when the classes must be named first.
  func masks(_ pairs: [PicturePair], list: ClassList?) throws(TrainingError) -> FolderFormat.Masks {
    let sight = look(at: pairs)
    if sight.isBlackAndWhite, (list?.classes.count ?? 2) == 2 { return binary(list) }
    if sight.isLossy, sight.grays != nil {
      throw .data(
        path: pairs[0].mask, reason: "is a JPEG of label numbers, which compression has blurred; save masks as PNG")
    }
    guard sight.colors.isEmpty else {
      guard let list else { throw unnamed(colors: sight) }
      return FolderFormat.Masks(list: list, form: .colors(try ColorTable(list)), notes: ["masks in colours"])
    }
    let highest = sight.numbers[..<Int(ignoreLabel)].lastIndex { $0 > 0 } ?? 0
    guard let list = list ?? (highest < 2 ? Self.twoClasses : nil) else {
      throw .data(
        path: specification.path,
        reason: "masks hold labels up to \(highest), and nothing names them; write \(specification.path)/classes.txt, "
          + "a line NAME or NAME #rrggbb for each label from 0, or give a label set: masks@camvid:\(specification.path)"
      )
    }
    return FolderFormat.Masks(list: list, form: .numbers(list.table), notes: ["masks of label numbers"])
  }

  private static let twoClasses = ClassList(
    name: "two classes",
    classes: [
      PixelClass(name: "background", color: ClassColor(0, 0, 0)),
      PixelClass(name: "foreground", color: ClassColor(60, 200, 60)),
    ])

  /// Black is the first class, white the second.
  private func binary(_ list: ClassList?) -> FolderFormat.Masks {
    let names = (list ?? Self.twoClasses).classes.map(\.name)
    let note = "masks in black (\(names[0])) and white (\(names[1]))"
    let hint = list == nil ? "; other names: two lines in \(specification.path)/classes.txt" : ""
    return FolderFormat.Masks(
      list: list ?? Self.twoClasses, form: .colors(ColorTable([(RGB(0, 0, 0), 0), (RGB(255, 255, 255), 1)])),
      notes: [note + hint])
  }

  private func unnamed(colors sight: Sight) -> TrainingError {
    let total = max(1, sight.colors.values.reduce(0, +))
    let common = sight.colors.sorted { ($0.value, $1.key.green) > ($1.value, $0.key.green) }.prefix(12)
    let list = common.map { color, count in
      "\(ClassColor(color.red, color.green, color.blue)) \(100 * count / total) %"
    }
    return .data(
      path: specification.path,
      reason:
        "masks are coloured, and nothing says which colour is what; write \(specification.path)/classes.txt, a line "
        + "NAME #rrggbb for each class; colours found: \(list.joined(separator: ", "))")
  }

  private func look(at pairs: [PicturePair]) -> Sight {
    var sight = Sight()
    for place in stride(from: 0, to: pairs.count, by: max(1, pairs.count / Self.sample)) {
      let path = pairs[place].mask
      sight.isLossy = sight.isLossy || (path as NSString).pathExtension.lowercased() != "png"
      if let map = try? ImageFile.readIndices(path) {  // a mask in colours is read as one below
        for label in map.buffer { sight.numbers[Int(label)] += 1 }
      } else if let frame = try? ImageFile.readRGB(path) {  // what cannot be read is named when its turn comes
        count(frame, in: &sight)
      }
    }
    return sight
  }

  /// Every fourth row and column will do.
  private func count(_ frame: Frame, in sight: inout Sight) {
    for y in stride(from: 0, to: frame.height, by: 4) {
      let row = frame.planes[0].row(y)
      for x in stride(from: 0, to: frame.width, by: 4) {
        sight.colors[RGB(row[3 * x], row[3 * x + 1], row[3 * x + 2]), default: 0] += 1
      }
    }
  }
}
