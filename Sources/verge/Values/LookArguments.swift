// The options about what the overlay looks like.
import ArgumentParser

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
