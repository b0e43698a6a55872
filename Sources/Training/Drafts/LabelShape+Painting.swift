// Areas as pixels.
import Foundation
import Frames

extension LabelShape.Area {
  /// Gives a label to the pixels of the area: those of a polygon whose middle is inside.
  func paint(_ label: UInt8, on map: LabelMap) {
    switch self {
    case .polygon(let points): Self.fill(points, label, map)
    case .pixels(let left, let top, let width, let isSet):
      for (i, isSet) in isSet.enumerated() where isSet {
        let (x, y) = (left + i % width, top + i / width)
        if x >= 0 && y >= 0 && x < map.width && y < map.height { map[x: x, y: y] = label }
      }
    }
  }

  private static func fill(_ points: [LabelShape.Point], _ label: UInt8, _ map: LabelMap) {
    let lowest = points.map(\.y).min() ?? 0
    let highest = points.map(\.y).max() ?? 0
    let first = Int(max(0, (lowest - 0.5).rounded(.up)))
    for y in first..<max(first, Int(min(Double(map.height), (highest + 0.5).rounded(.up)))) {
      let crossings = crossings(points, at: Double(y) + 0.5)
      for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
        let from = max(0, (crossings[pair] - 0.5).rounded(.up))
        let to = min(Double(map.width), (crossings[pair + 1] - 0.5).rounded(.up))
        for x in Int(from)..<max(Int(from), Int(to)) { map[x: x, y: y] = label }
      }
    }
  }

  /// Where a level line crosses the polygon's sides, from left to right; a side has its upper end, not its lower one.
  private static func crossings(_ points: [LabelShape.Point], at y: Double) -> [Double] {
    var result: [Double] = []
    for (a, b) in zip(points, points.dropFirst() + points.prefix(1)) where (a.y <= y) != (b.y <= y) {
      result.append(a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x))
    }
    return result.sorted()
  }
}
