// How well the borders of labels lie on the edges of a picture.
import Frames

/// How strong the edge at each place of a picture is, as its rank among all places: u8 `[rows, columns]`, 255 the strongest.
///
/// Ranks make dark and bright, sharp and soft pictures comparable: a place taken at random has 127 in the mean.
struct EdgeMap: Sendable {
  let columns, rows: Int
  let ranks: [UInt8]

  init(_ grid: LumaGrid) {
    (columns, rows) = (grid.columns, grid.rows)
    let strengths = Self.strengths(grid)
    var counts = [Int](repeating: 0, count: 512)
    for strength in strengths { counts[Int(strength)] += 1 }
    var below = 0
    let table = counts.map { count in
      defer { below += count }
      return UInt8((2 * below + count) * 255 / max(1, 2 * strengths.count))
    }
    ranks = strengths.map { table[Int($0)] }
  }

  /// Differences of the neighbours left and right, above and below, added up; 0 along the border.
  private static func strengths(_ grid: LumaGrid) -> [UInt16] {
    let (columns, rows) = (grid.columns, grid.rows)
    return [UInt16](unsafeUninitializedCapacity: columns * rows) { strengths, count in
      grid.values.withUnsafeBufferPointer { values in
        for y in 0..<rows {
          for x in 0..<columns {
            let i = y * columns + x
            guard x > 0, y > 0, x < columns - 1, y < rows - 1 else {
              strengths[i] = 0
              continue
            }
            let across = abs(Int(values[i + 1]) - Int(values[i - 1]))
            strengths[i] = UInt16(across + abs(Int(values[i + columns]) - Int(values[i - columns])))
          }
        }
      }
      count = columns * rows
    }
  }

  /// Mean rank, 0 to 1, at the borders of labels after a move; nil where hardly any of them stays in the picture.
  func agreement(with borders: LabelBorders, after move: LabelMove) -> Double? {
    var (sum, count) = (0, 0)
    for (x, y) in borders.places {
      let (x, y) = move.apply(x: x, y: y, columns: columns, rows: rows)
      guard x > 0, y > 0, x < columns - 1, y < rows - 1 else { continue }
      sum += Int(ranks[y * columns + x])
      count += 1
    }
    return count < max(12, borders.places.count / 3) ? nil : Double(sum) / Double(255 * count)
  }
}

/// Where two classes meet in a label map, on a coarse grid.
struct LabelBorders: Sendable {
  let places: [(x: Int, y: Int)]
  /// More places than these tell nothing new.
  private static let limit = 1_200

  /// Borders with ignored pixels do not count: they mark doubt, not edges.
  init(_ map: LabelMap, columns: Int, rows: Int) {
    let label = { (x: Int, y: Int) in
      map.labels[(2 * y + 1) * map.height / (2 * rows) * map.width + (2 * x + 1) * map.width / (2 * columns)]
    }
    var found: [(x: Int, y: Int)] = []
    for y in 0..<rows - 1 {
      for x in 0..<columns - 1 {
        let own = label(x, y)
        guard own != ignoreLabel else { continue }
        let (right, below) = (label(x + 1, y), label(x, y + 1))
        if right != own, right != ignoreLabel { found += [(x, y), (x + 1, y)] }
        if below != own, below != ignoreLabel { found += [(x, y), (x, y + 1)] }
      }
    }
    let step = max(1, (found.count + Self.limit - 1) / Self.limit)
    places = stride(from: 0, to: found.count, by: step).map { found[$0] }
  }
}

/// A mistake that a mask may have been made with, undone.
enum LabelMove: Sendable, Hashable {
  /// Cells of the grid to the right and down; (0, 0) for a mask in its place.
  case shift(Int, Int)
  case mirror, upsideDown
  /// Larger by a factor, from the middle.
  case scale(Double)

  static let none = LabelMove.shift(0, 0)

  /// Every mistake looked for.
  static let all: [LabelMove] = {
    let reach = -10...10
    let shifts = reach.flatMap { y in reach.map { x in LabelMove.shift(x, y) } }
    return shifts + [.mirror, .upsideDown] + [0.75, 0.8, 0.9, 1.1, 1.25, 1.33].map { .scale($0) }
  }()

  func apply(x: Int, y: Int, columns: Int, rows: Int) -> (x: Int, y: Int) {
    switch self {
    case .shift(let dx, let dy): (x + dx, y + dy)
    case .mirror: (columns - 1 - x, y)
    case .upsideDown: (x, rows - 1 - y)
    case .scale(let factor):
      (
        columns / 2 + Int((Double(x - columns / 2) * factor).rounded()),
        rows / 2 + Int((Double(y - rows / 2) * factor).rounded())
      )
    }
  }

  /// Whether it moves labels far enough to be a mistake rather than a matter of taste.
  var isMistake: Bool {
    if case .shift(let x, let y) = self { return max(abs(x), abs(y)) >= 2 }
    return true
  }

  /// What agreement has to gain by it. Streets are alike in the large: a mask of any street gains a little when it is
  /// mirrored or drawn to the middle.
  var leastGain: Double {
    if case .shift = self { return 0.03 }
    return 0.06
  }
}
