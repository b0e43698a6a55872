// The way around a region.

/// A corner of pixels: (0, 0) is the upper left corner of the picture, (width, height) the lower right one.
struct Corner: Hashable, Comparable {
  var x, y: Int

  static func < (a: Corner, b: Corner) -> Bool { (a.y, a.x) < (b.y, b.x) }
}

extension LabelRegions {
  /// The corners along a region's outer border, clockwise, each side of a pixel a step; holes are not part of it.
  func outline(_ region: Int) -> [Corner] {
    let start = Corner(x: firsts[region] % width, y: firsts[region] / width)
    var (at, dx, dy) = (start, 1, 0)
    var corners: [Corner] = []
    repeat {
      corners.append(at)
      at = Corner(x: at.x + dx, y: at.y + dy)
      // The region is to the right hand. Where two of its pixels meet at a corner alone, the way turns right and parts them.
      if pixel(at, dx, dy, side: 1) != region {
        (dx, dy) = (-dy, dx)
      } else if pixel(at, dx, dy, side: -1) == region {
        (dx, dy) = (dy, -dx)
      }
    } while at != start || (dx, dy) != (1, 0)
    return corners
  }

  /// The region of the pixel ahead of a corner, to the right (1) or to the left (−1).
  private func pixel(_ at: Corner, _ dx: Int, _ dy: Int, side: Int) -> Int {
    // From the corner to the pixel's middle: half a step ahead and half a step aside.
    let (x, y) = (dx - side * dy, dy + side * dx)
    return id(at.x + (x - 1) / 2, at.y + (y - 1) / 2)
  }

  /// Whether borders of more than two regions meet at a corner, or two cross; and the picture's own corners.
  func isJunction(_ corner: Corner) -> Bool {
    let (x, y) = (corner.x, corner.y)
    if (x == 0 || x == width) && (y == 0 || y == height) { return true }
    let around = [id(x - 1, y - 1), id(x, y - 1), id(x, y), id(x - 1, y)]
    let changes = (0..<4).count { around[$0] != around[($0 + 1) % 4] }
    return changes > 2
  }
}
