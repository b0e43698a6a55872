// Text over the overlay: the classes and the figures.
import Frames

/// The list of painted classes with their colours, in the lower left corner.
struct Legend {
  private let entries: [(name: String, color: RGB)]

  init(_ style: OverlayStyle) {
    entries = style.paintedClasses.map { (style.names[$0], style.palette[$0]) }
  }

  func draw(on canvas: Canvas) {
    guard !entries.isEmpty else { return }
    let dot = textDot(canvas, lines: entries.count)
    let (line, margin) = (10 * dot, 4 * dot)
    let longest = entries.map(\.name.utf8.count).max() ?? 0
    let width = 2 * margin + 12 * dot + longest * Font.advance * dot
    let height = 2 * margin + entries.count * line
    let top = canvas.size.height - height - margin
    canvas.fill(.init(x: margin, y: top, width: width, height: height), RGB(0, 0, 0), alpha: 160)
    for (place, entry) in entries.enumerated() {
      let y = top + margin + place * line
      canvas.fill(.init(x: 2 * margin, y: y, width: 8 * dot, height: 8 * dot), entry.color)
      canvas.write(entry.name, x: 2 * margin + 12 * dot, y: y, dot: dot, RGB(255, 255, 255))
    }
  }
}

/// Frames per second, latency and time, in the upper left corner.
struct HUD {
  private let text: String

  init(_ figures: HUDFigures) { text = figures.line }

  func draw(on canvas: Canvas) {
    let dot = textDot(canvas, lines: 1)
    let margin = 4 * dot
    let width = 2 * margin + text.utf8.count * Font.advance * dot
    canvas.fill(
      .init(x: margin, y: margin, width: width, height: 2 * margin + Font.height * dot), RGB(0, 0, 0), alpha: 160)
    canvas.write(text, x: 2 * margin, y: 2 * margin, dot: dot, RGB(255, 255, 255))
  }
}

/// Pixels to a dot of text: legible at any size, and small enough for the lines to fit.
private func textDot(_ canvas: Canvas, lines: Int) -> Int {
  let legible = max(1, min(canvas.size.width / 480, canvas.size.height / 270))
  return max(1, min(legible, canvas.size.height / (10 * lines + 12)))
}
