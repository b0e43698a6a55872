// Orientation as containers write it.
import CFFmpeg
import Foundation
import Frames

extension Rotation {
  /// The nearest quarter turn, mirrored or not, to a display matrix of 9 fixed-point values.
  ///
  /// The matrix maps a stored place (x, y) to the displayed (a·x + c·y, b·x + d·y).
  /// - Source: ISO/IEC 14496-12, 8.5.2 (track header).
  init(displayMatrix matrix: UnsafePointer<Int32>) {
    let (a, b, c, d) = (Double(matrix[0]), Double(matrix[1]), Double(matrix[3]), Double(matrix[4]))
    let isMirrored = a * d - b * c < 0
    // A mirrored matrix is "mirror, then turn": the mirror has changed the sign of the first column's vector.
    let angle = isMirrored ? atan2(-b, -a) : atan2(b, a)
    self.init(quarterTurns: Int((angle / (.pi / 2)).rounded()), isMirrored: isMirrored)
  }

  /// The meaning of Exif's tag 0x0112, 1...8.
  init(exifOrientation number: Int) {
    switch number {
    case 2: self.init(quarterTurns: 0, isMirrored: true)
    case 3: self.init(quarterTurns: 2)
    case 4: self.init(quarterTurns: 2, isMirrored: true)
    case 5: self.init(quarterTurns: 3, isMirrored: true)
    case 6: self.init(quarterTurns: 1)
    case 7: self.init(quarterTurns: 1, isMirrored: true)
    case 8: self.init(quarterTurns: 3)
    default: self = .upright
    }
  }

  /// Writes the display matrix of this rotation: 9 values, a, b, u, c, d, v, x, y, w, in 16.16 and 2.30 fixed point.
  func writeDisplayMatrix(to matrix: UnsafeMutablePointer<Int32>) {
    let one: Int32 = 1 << 16
    let turns: [(cos: Int32, sin: Int32)] = [(one, 0), (0, one), (-one, 0), (0, -one)]
    let (cos, sin) = turns[quarterTurns]
    let mirror: Int32 = isMirrored ? -1 : 1
    let values = [cos * mirror, sin * mirror, 0, -sin, cos, 0, 0, 0, 1 << 30]
    for (place, value) in values.enumerated() { matrix[place] = value }
  }
}
