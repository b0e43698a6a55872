// Where the pictures of a side-by-side overlay lie.
import Frames

/// Size of an overlay's frame as stored, and the places of its one or two pictures in it.
struct Placement {
  let width, height: Int
  /// Where the picture as it was goes; nil without it.
  let original: (x: Int, y: Int)?
  let painted: (x: Int, y: Int)
  /// Whether some samples belong to neither picture.
  let hasGap: Bool

  /// The original is on the left as displayed; in a picture stored on its side that is above or below.
  init(_ frame: Frame, isSideBySide: Bool) {
    guard isSideBySide else {
      (width, height, original, painted, hasGap) = (frame.width, frame.height, nil, (0, 0), false)
      return
    }
    let rotation = frame.rotation
    let isStacked = rotation.swapsSides
    // The second picture starts on a whole chroma sample.
    let side = isStacked ? frame.height : frame.width
    let unit = 1 << (isStacked ? frame.format.chromaShiftY : frame.format.chromaShiftX)
    let offset = (side + unit - 1) / unit * unit
    (width, height) = isStacked ? (frame.width, offset + side) : (offset + side, frame.height)
    hasGap = offset > side
    let left = rotation.storedPlace(x: 0, y: 0, width: frame.width, height: frame.height)
    let isReversed = (isStacked ? left.y : left.x) > 0 && side > 1
    let (first, second) = ((x: 0, y: 0), isStacked ? (x: 0, y: offset) : (x: offset, y: 0))
    original = isReversed ? second : first
    painted = isReversed ? first : second
  }
}
