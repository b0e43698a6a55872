// The discrete cosine transform of 8×8 blocks.

/// Eight rows of eight samples.
///
/// - Source: Arai, Agui and Nakajima 1988: results are multiples of the true ones by `scales` of row and column, which the
///   quantiser takes into account.
struct Block {
  var a, b, c, d, e, f, g, h: Lanes

  static let scales: [Float] = [
    1, 1.387_039_845, 1.306_562_965, 1.175_875_602, 1, 0.785_694_958, 0.541_196_100, 0.275_899_379,
  ]

  /// The transform of each column.
  @inline(__always)
  mutating func transformColumns() {
    let (s0, s1, s2, s3) = (a + h, b + g, c + f, d + e)
    let (d0, d1, d2, d3) = (a - h, b - g, c - f, d - e)
    let (even0, even1, odd1, odd0) = (s0 + s3, s1 + s2, s1 - s2, s0 - s3)
    (a, e) = (even0 + even1, even0 - even1)
    let z1 = (odd1 + odd0) * 0.707_106_781
    (c, g) = (odd0 + z1, odd0 - z1)
    let (t0, t1, t2) = (d3 + d2, d2 + d1, d1 + d0)
    let z5 = (t0 - t2) * 0.382_683_433
    let (z2, z4, z3) = (t0 * 0.541_196_100 + z5, t2 * 1.306_562_965 + z5, t1 * 0.707_106_781)
    let (z11, z13) = (d0 + z3, d0 - z3)
    (f, d, b, h) = (z13 + z2, z13 - z2, z11 + z4, z11 - z4)
  }

  /// The way back of each column.
  @inline(__always)
  mutating func restoreColumns() {
    let (t10, t11, t13) = (a + e, a - e, c + g)
    let t12 = (c - g) * 1.414_213_562 - t13
    let (even0, even3, even1, even2) = (t10 + t13, t10 - t13, t11 + t12, t11 - t12)
    let (z13, z10, z11, z12) = (f + d, f - d, b + h, b - h)
    let odd7 = z11 + z13
    let z5 = (z10 + z12) * 1.847_759_065
    let odd6 = z5 - z10 * 2.613_125_930 - odd7
    let odd5 = (z11 - z13) * 1.414_213_562 - odd6
    let odd4 = z5 - z12 * 1.082_392_200 - odd5
    (a, h, b, g) = (even0 + odd7, even0 - odd7, even1 + odd6, even1 - odd6)
    (c, f, d, e) = (even2 + odd5, even2 - odd5, even3 + odd4, even3 - odd4)
  }

  /// Rows become columns.
  @inline(__always)
  mutating func transpose() {
    withUnsafeMutableBytes(of: &self) { bytes in
      let values = bytes.assumingMemoryBound(to: Float.self)
      for row in 0..<8 {
        for column in (row + 1)..<8 {
          let value = values[8 * row + column]
          values[8 * row + column] = values[8 * column + row]
          values[8 * column + row] = value
        }
      }
    }
  }
}
