// Many small pictures on one.
public import Frames
public import UNet

/// Pictures in rows of cells, each with a caption, under a title and over a legend.
///
/// ```swift
/// var sheet = ContactSheet(columns: 3, cellWidth: 320, cellHeight: 240)
/// sheet.add(picture, caption: "0001.png")
/// try ImageFile.replacePNG(at: "sheet.png", with: sheet.draw())
/// ```
public struct ContactSheet: Sendable {
  /// A line above the pictures; empty for none.
  public var title = ""
  /// Classes to name below the pictures; empty for none.
  public var legend: [PixelClass] = []

  private let columns, cellWidth, cellHeight: Int
  private var cells: [(picture: Frame, caption: String)] = []
  private static let (margin, gap) = (16, 10)
  private static let textSize = 1.5

  /// - Parameters:
  ///   - columns: pictures in a row.
  ///   - cellWidth: pixels that a picture may take; it keeps its shape.
  ///   - cellHeight: likewise, without the caption.
  public init(columns: Int, cellWidth: Int = 320, cellHeight: Int = 240) {
    precondition(columns > 0 && cellWidth > 0 && cellHeight > 0, "a sheet needs columns and cells")
    (self.columns, self.cellWidth, self.cellHeight) = (columns, cellWidth, cellHeight)
  }

  /// How many pictures there are.
  public var count: Int { cells.count }

  /// Adds a picture after the others; a small copy is kept.
  ///
  /// - Parameters:
  ///   - picture: `rgb24`, upright.
  ///   - caption: cut in its middle where the cell is too narrow.
  public mutating func add(_ picture: Frame, caption: String) {
    cells.append((picture.fitted(width: cellWidth, height: cellHeight), caption))
  }

  /// The sheet as an `rgb24` frame; cells without picture stay empty.
  public func draw() -> Frame {
    let rows = max(1, (cells.count + columns - 1) / columns)
    let width = 2 * Self.margin + columns * cellWidth + (columns - 1) * Self.gap
    let keys = legendLines(width: width - 2 * Self.margin)
    let top = Self.margin + (title.isEmpty ? 0 : 32)
    let bottom = top + rows * rowHeight - Self.gap
    let legendHeight = keys.isEmpty ? 0 : keys.count * Self.keyHeight + 8
    let canvas = FigureCanvas(width: width, height: bottom + legendHeight + Self.margin)
    canvas.text(
      FigureCanvas.fitted(title, width: width - 2 * Self.margin, size: 2), x: Self.margin, y: Self.margin, size: 2)
    for (number, cell) in cells.enumerated() {
      let x = Self.margin + number % columns * (cellWidth + Self.gap)
      draw(cell, x: x, y: top + number / columns * rowHeight, on: canvas)
    }
    for (line, entries) in keys.enumerated() {
      draw(entries, y: bottom + 14 + line * Self.keyHeight, on: canvas)
    }
    return canvas.frame
  }

  private var hasCaptions: Bool { cells.contains { !$0.caption.isEmpty } }
  private var rowHeight: Int { cellHeight + Self.gap + (hasCaptions ? 18 : 0) }

  private func draw(_ cell: (picture: Frame, caption: String), x: Int, y: Int, on canvas: FigureCanvas) {
    let (left, above) = ((cellWidth - cell.picture.width) / 2, (cellHeight - cell.picture.height) / 2)
    canvas.place(cell.picture, x: x + left, y: y + above)
    let caption = FigureCanvas.fitted(cell.caption, width: cellWidth, size: Self.textSize)
    canvas.text(caption, x: x, y: y + cellHeight + 6, size: Self.textSize, .softInk)
  }

  private static let keyHeight = 22

  /// The legend's entries with their places, broken into lines.
  private func legendLines(width: Int) -> [[(x: Int, entry: PixelClass)]] {
    var lines: [[(x: Int, entry: PixelClass)]] = []
    var end = width
    for entry in legend {
      let needed = 20 + FigureCanvas.width(entry.name, size: Self.textSize) + 18
      if lines.isEmpty || end + needed > width { (lines, end) = (lines + [[]], 0) }
      lines[lines.count - 1].append((end, entry))
      end += needed
    }
    return lines
  }

  private func draw(_ entries: [(x: Int, entry: PixelClass)], y: Int, on canvas: FigureCanvas) {
    for (place, entry) in entries {
      let x = Self.margin + place
      canvas.fill(x: x, y: y, width: 14, height: 14, RGB(entry.color))
      canvas.outline(x: x, y: y, width: 14, height: 14, .frameline)
      canvas.text(entry.name, x: x + 20, y: y + 2, size: Self.textSize)
    }
  }
}
