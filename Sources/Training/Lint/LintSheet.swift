// What a data set looks like, on one picture.
public import Frames
import Video

/// Photographs with their labels laid over them, spread evenly over all splits.
public enum LintSheet {
  /// The sheet as an `rgb24` frame; pairs that cannot be read show as a grey cell that says so.
  ///
  /// - Parameters:
  ///   - splits: at least one; all of the same classes.
  ///   - count: how many pairs to show, at most.
  public static func draw(_ splits: [LintSplit], title: String, count: Int = 20) -> Frame {
    precondition(!splits.isEmpty, "there is nothing to show")
    var sheet = ContactSheet(columns: 4, cellWidth: 320, cellHeight: 200)
    sheet.title = title
    sheet.legend = splits[0].classes
    for (number, split) in splits.enumerated() {
      // What the splits before leave, shared among those to come.
      let share = (count - sheet.count) / (splits.count - number)
      for pair in spread(split.pairs, count: share) {
        let caption = (split.name.isEmpty ? "" : split.name + ": ") + pair.name
        sheet.add(picture(of: pair, in: split), caption: caption)
      }
    }
    return sheet.draw()
  }

  /// At most `count` of the pairs, evenly spread.
  private static func spread(_ pairs: [PicturePair], count: Int) -> [PicturePair] {
    guard pairs.count > count, count > 0 else { return pairs }
    return (0..<count).map { pairs[(2 * $0 + 1) * pairs.count / (2 * count)] }
  }

  private static func picture(of pair: PicturePair, in split: LintSplit) -> Frame {
    // The reasons are told by the findings.
    guard let photograph = try? split.photograph(of: pair) else { return message("photograph not readable") }
    guard let mask = try? split.mask(of: pair) else { return message("mask not readable") }
    guard (photograph.width, photograph.height) == (mask.labels.width, mask.labels.height) else {
      return message("mask of another size")
    }
    return mask.labels.blended(over: photograph, Palette(classes: split.classes), alpha: 0.55)
  }

  private static func message(_ text: String) -> Frame {
    let canvas = FigureCanvas(width: 320, height: 200, background: RGB(226, 230, 234))
    canvas.text(text, x: 160, y: 94, size: 1.5, .softInk, alignment: .middle)
    return canvas.frame
  }
}
