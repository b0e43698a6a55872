// Outlines with fewer corners.

/// Drops corners of outlines that lie within a tolerance of the line without them.
///
/// An outline is cut where three regions meet, and each piece is simplified alone and alike from both its sides, so that
/// neighbours keep a common border without gaps.
/// - Source: Douglas and Peucker 1973.
struct OutlineSimplifier {
  let regions: LabelRegions
  /// Pixels.
  let tolerance: Double

  /// - Parameter outline: closed, the first corner not repeated.
  func simplify(_ outline: [Corner]) -> [Corner] {
    let cuts = outline.indices.filter { regions.isJunction(outline[$0]) }
    guard let first = cuts.first else { return simplifyLoop(outline) }
    let turned = Array(outline[first...] + outline[..<first]) + [outline[first]]
    var result: [Corner] = []
    for (from, to) in zip(cuts, cuts.dropFirst() + [first + outline.count]) {
      result += simplifyPiece(Array(turned[(from - first)...(to - first)])).dropLast()
    }
    return result
  }

  /// A loop without junctions: cut at its first corner, whoever walks it.
  private func simplifyLoop(_ loop: [Corner]) -> [Corner] {
    guard let first = loop.indices.min(by: { loop[$0] < loop[$1] }) else { return [] }
    return simplifyPiece(Array(loop[first...] + loop[..<first]) + [loop[first]]).dropLast()
  }

  /// From one junction to the next, which may be the same one; both are kept.
  private func simplifyPiece(_ piece: [Corner]) -> [Corner] {
    let backward = Array(piece.reversed())
    // The same corners are kept in both directions, since it is always walked in the same one.
    return piece.lexicographicallyPrecedes(backward) ? keep(piece) : keep(backward).reversed()
  }

  private func keep(_ piece: [Corner]) -> [Corner] {
    var kept = [Bool](repeating: false, count: piece.count)
    (kept[0], kept[piece.count - 1]) = (true, true)
    var open = [(0, piece.count - 1)]
    while let (from, to) = open.popLast() {
      var (worst, at) = (tolerance, 0)
      for i in (from + 1)..<max(from + 1, to) {
        let distance = Self.distance(piece[i], piece[from], piece[to])
        if distance > worst { (worst, at) = (distance, i) }
      }
      guard at > 0 else { continue }
      kept[at] = true
      open += [(from, at), (at, to)]
    }
    return piece.indices.filter { kept[$0] }.map { piece[$0] }
  }

  /// From a corner to the line between two others, or to both where they are one.
  private static func distance(_ p: Corner, _ a: Corner, _ b: Corner) -> Double {
    let (dx, dy) = (Double(b.x - a.x), Double(b.y - a.y))
    let (px, py) = (Double(p.x - a.x), Double(p.y - a.y))
    let square = dx * dx + dy * dy
    let share = square == 0 ? 0 : min(max((px * dx + py * dy) / square, 0), 1)
    let (x, y) = (px - share * dx, py - share * dy)
    return (x * x + y * y).squareRoot()
  }
}
