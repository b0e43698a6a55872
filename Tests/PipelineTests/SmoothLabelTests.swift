import Frames
import Tensors
import Testing

@testable import Pipeline

@Suite struct SmoothLabelTests {
  private func map(_ rows: [[UInt8]]) -> LabelMap {
    let map = LabelMap(width: rows[0].count, height: rows.count)
    for (y, row) in rows.enumerated() { for (x, label) in row.enumerated() { map[x: x, y: y] = label } }
    return map
  }

  private func expanded(_ labels: LabelMap, _ width: Int, _ height: Int, _ rotation: Rotation = .upright) -> [[UInt8]] {
    let key = LabelMapping.Key(
      width: width, height: height, rotation: rotation, mapWidth: labels.width, mapHeight: labels.height, shiftX: 0,
      shiftY: 0)
    let smooth = SmoothLabels(key)
    var line = [UInt8](repeating: 99, count: width)
    return (0..<height).map { y in
      smooth.expand(labels.labels, row: y, into: &line)
      return line
    }
  }

  /// Two by two cells at eight by eight samples, whose shares of the second cell are 1, 3, 5 and 7 eighths between the
  /// cells' centres and none or all outside. The lone 1 wins where the product of both shares is more than a half: 5 · 7
  /// eighths squared do, 5 · 5 do not, so that the corner loses its tip.
  @Test func aCornerIsRounded() {
    let rows = expanded(map([[0, 0], [0, 1]]), 8, 8)
    #expect(
      rows == [
        [0, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 1, 1, 1],
        [0, 0, 0, 0, 1, 1, 1, 1],
        [0, 0, 0, 0, 1, 1, 1, 1],
        [0, 0, 0, 0, 1, 1, 1, 1],
      ])
  }

  @Test func straightBordersAndThinLinesStayWhereTheyAre() {
    let rows = expanded(map([[3, 7, 3], [3, 7, 3]]), 12, 6)
    #expect(rows == [[UInt8]](repeating: [3, 3, 3, 3, 7, 7, 7, 7, 3, 3, 3, 3], count: 6))
  }

  /// Every sample against the definition, for labels that meet in all ways, larger and smaller than the map.
  @Test(arguments: rotations, [(23, 17), (40, 40), (5, 3), (1, 1)])
  func eachSampleHasTheLabelOfMostWeight(rotation: Rotation, size: (Int, Int)) {
    let labels = LabelMap(width: 7, height: 5)
    for i in 0..<35 { labels.labels[i] = UInt8((i * i / 3 + i) % 4) }
    let shown = rotation.displaySize(width: size.0, height: size.1)
    let found = expanded(labels, size.0, size.1, rotation)
    for y in 0..<shown.height {
      for x in 0..<shown.width {
        let place = rotation.storedPlace(x: x, y: y, width: size.0, height: size.1)
        let (across, down) = (part(x, shown.width, 7), part(y, shown.height, 5))
        // Mirrored sides round places the other way: there a sample may lie a part of a cell further on.
        let allowed = [0, 1].flatMap { dx in [0, 1].map { dy in winner(labels, across - dx, down - dy) } }
        #expect(allowed.contains(found[place.y][place.x]))
        if rotation == .upright { #expect(found[y][x] == allowed[0]) }
      }
    }
  }

  @Test func smoothAndNearestAgreeWhereAllCellsDo() {
    let frame = noise(64, 48, .yuv420p10)
    let labels = LabelMap(width: 4, height: 4)
    for i in 0..<16 { labels.labels[i] = 1 }
    var style = OverlayStyle(names: ["a", "b"], palette: Palette([RGB(1, 2, 3), RGB(200, 30, 40)]))
    style.edges = .smooth
    let smooth = bytes(Overlay(style).paint(frame, labels: labels))
    style.edges = .nearest
    #expect(smooth == bytes(Overlay(style).paint(frame, labels: labels)))
  }

  /// 256ths of a cell from the first cell's centre to a sample's.
  private func part(_ sample: Int, _ samples: Int, _ count: Int) -> Int {
    (2 * sample + 1) * count * 256 / (2 * samples) - 128
  }

  private func winner(_ labels: LabelMap, _ across: Int, _ down: Int) -> UInt8 {
    var weights = [Int](repeating: 0, count: 256)
    for (x, shareX) in [(across >> 8, 256 - (across & 255)), ((across >> 8) + 1, across & 255)] {
      for (y, shareY) in [(down >> 8, 256 - (down & 255)), ((down >> 8) + 1, down & 255)] {
        let label = labels[x: min(max(x, 0), labels.width - 1), y: min(max(y, 0), labels.height - 1)]
        weights[Int(label)] += shareX * shareY
      }
    }
    return UInt8(weights.firstIndex(of: weights.max()!)!)
  }
}
