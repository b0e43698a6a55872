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
    let turns = key.rotation.quarterTurns
    let columnsAreReversed = (turns >= 2) != key.rotation.isMirrored
    let rowsAreReversed = turns == 1 || turns == 2
    let swaps = key.rotation.swapsSides
    let columns = Self.nearest(
      luma: key.width, shift: key.shiftX, reversed: columnsAreReversed, of: swaps ? key.mapHeight : key.mapWidth)
    let rows = Self.nearest(
      luma: key.height, shift: key.shiftY, reversed: rowsAreReversed, of: swaps ? key.mapWidth : key.mapHeight)
    self.columns = swaps ? columns.map { $0 * key.mapWidth } : columns
    self.rows = swaps ? rows : rows.map { $0 * key.mapWidth }
  }

  /// The map's coordinate for each sample along one side.
  private static func nearest(luma: Int, shift: Int, reversed: Bool, of count: Int) -> [Int] {
    let samples = (luma + (1 << shift) - 1) >> shift
    return (0..<samples).map { sample in
      // Twice the centre's place, so that it is whole; the last chroma sample of an odd side has half a block.
      let centre = min((2 * sample + 1) << shift, 2 * luma - 1)
      return min(count - 1, (reversed ? 2 * luma - centre : centre) * count / (2 * luma))
    }
  }

  /// Writes the labels of row `y`, u8, one a sample.
  func expand(_ labels: UnsafePointer<UInt8>, row y: Int, into line: UnsafeMutablePointer<UInt8>) {
    let start = labels + rows[y]
    columns.withUnsafeBufferPointer { columns in
      for x in 0..<columns.count { line[x] = start[columns[x]] }
    }
  }
}
