// Which label belongs to which sample of a frame.
import Frames

/// The way from the samples of one plane of a stored frame to the labels of an upright label map of any size.
///
/// The label of sample (x, y) is `labels[columns[x] + rows[y]]`, whatever the frame's rotation: turned by a quarter, a
/// stored column is a displayed row, but each of the map's two coordinates still follows from one of the sample's. The
/// nearest label is taken at the sample's centre; a chroma sample's centre is that of the luma block it belongs to.
struct LabelMapping {
  /// What the mapping depends on.
  struct Key: Hashable {
    var width, height: Int
    var rotation: Rotation
    var mapWidth, mapHeight: Int
    var shiftX, shiftY: Int
  }

  let key: Key
  let columns: [Int]
  let rows: [Int]

  /// - Parameters:
  ///   - width: samples of luma in a stored row; `height` the rows.
  ///   - shiftX: log2 of the luma columns that share one of the plane's samples.
  init(_ key: Key) {
    self.key = key
    let sides = key.sides
    columns = Self.nearest(sides.columns)
    rows = Self.nearest(sides.rows)
  }

  /// The labels before that of each sample along one side.
  private static func nearest(_ side: MapSide) -> [Int] {
    (0..<side.samples).map { min(side.count - 1, side.place($0)) * side.step }
  }

  /// Writes the labels of row `y`, u8, one a sample.
  func expand(_ labels: UnsafePointer<UInt8>, row y: Int, into line: UnsafeMutablePointer<UInt8>) {
    let start = labels + rows[y]
    columns.withUnsafeBufferPointer { columns in
      for x in 0..<columns.count { line[x] = start[columns[x]] }
    }
  }
}

/// One side of a plane and the side of the label map that it runs along.
struct MapSide {
  /// Luma samples along the side.
  var luma: Int
  /// log2 of the luma samples that share one of the plane's.
  var shift: Int
  var isReversed: Bool
  /// Cells of the map along the side.
  var count: Int
  /// Labels from one cell to the next.
  var step: Int

  var samples: Int { (luma + (1 << shift) - 1) >> shift }

  /// Where the centre of a sample lies, in `parts` of a cell from the map's edge.
  func place(_ sample: Int, parts: Int = 1) -> Int {
    // Twice the centre's place, so that it is whole; the last chroma sample of an odd side has half a block.
    let centre = min((2 * sample + 1) << shift, 2 * luma - 1)
    return (isReversed ? 2 * luma - centre : centre) * count * parts / (2 * luma)
  }
}

extension LabelMapping.Key {
  /// Which side of the map the plane's columns run along, and which its rows.
  var sides: (columns: MapSide, rows: MapSide) {
    let turns = rotation.quarterTurns
    let across = (count: mapWidth, step: 1)
    let down = (count: mapHeight, step: mapWidth)
    let (first, second) = rotation.swapsSides ? (down, across) : (across, down)
    return (
      MapSide(
        luma: width, shift: shiftX, isReversed: (turns >= 2) != rotation.isMirrored, count: first.count,
        step: first.step),
      MapSide(
        luma: height, shift: shiftY, isReversed: turns == 1 || turns == 2, count: second.count, step: second.step)
    )
  }
}
