// Sizes of pictures as people write them.
import ArgumentParser

/// `WIDTHxHEIGHT` in pixels on the command line: `1280x720`.
struct PictureSize: ExpressibleByArgument, Sendable, Equatable {
  let width, height: Int

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  init?(argument: String) {
    let sides = argument.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard sides.count == 2, let width = sides[0], let height = sides[1], width > 0, height > 0 else { return nil }
    self.init(width: width, height: height)
  }

  var defaultValueDescription: String { "\(width)x\(height)" }
}
