// The options about what the overlay looks like.
import ArgumentParser
import Frames
import Pipeline
import UNet

/// Paint and instruments on the picture.
struct LookArguments: ParsableArguments {
  @Option(help: ArgumentHelp("How much paint covers the picture: 0 none … 1 all.", valueName: "share"))
  var alpha = 0.5

  @Option(
    help: ArgumentHelp("Paint only these classes.", valueName: "a,b,…"),
    transform: { $0.split(separator: ",").map { $0.trimmingPrefix(" ").description } })
  var classes: [String] = []

  @Option(
    help: ArgumentHelp(
      "Colours from a file: lines of NAME #rrggbb; classes not named keep theirs.", valueName: "file"))
  var palette: String?

  @Option(
    help: ArgumentHelp(
      "Borders of the painted classes: smooth or nearest.",
      discussion: "Default: nearest, as --masks writes them; smooth turns its stairs into slopes.", valueName: "kind"),
    transform: { name in
      guard let kind = OverlayStyle.Edges(rawValue: name) else {
        throw ValidationError("--edges is smooth or nearest, not '\(name)'")
      }
      return kind
    })
  var edges = OverlayStyle.Edges.nearest

  @Flag(help: "Show what the colours mean.")
  var legend = false

  @Flag(help: "Show frames per second, latency and time.")
  var hud = false

  @Flag(help: "Put the untouched picture to the left of the overlay.")
  var sideBySide = false

  func validate() throws {
    guard (0...1).contains(alpha) else { throw ValidationError("--alpha is from 0 to 1, not \(alpha)") }
  }
}

extension LookArguments {
  /// The overlay's style for the classes of a model.
  ///
  /// - Throws: `CommandError.unusable` for a class that the model does not have, and for a palette that cannot be read.
  func style(for model: Int8Model) throws(CommandError) -> OverlayStyle {
    let known = model.architecture.classes
    let colors = Palette(known.map { RGB($0.color.red, $0.color.green, $0.color.blue) })
    var painted: Set<Int> = []
    for name in classes {
      guard let index = known.firstIndex(where: { $0.name == name }) else {
        let names = known.map(\.name).joined(separator: ", ")
        throw .unusable(what: "--classes", why: "model \(model.name) has no '\(name)', only \(names)")
      }
      painted.insert(index)
    }
    var style = OverlayStyle(
      names: known.map(\.name),
      palette: try palette.map { path throws(CommandError) in try PaletteFile.apply(path, to: known) } ?? colors,
      alpha: alpha, painted: classes.isEmpty ? nil : painted)
    style.edges = edges
    (style.hasLegend, style.hasHUD, style.isSideBySide) = (legend, hud, sideBySide)
    return style
  }
}
