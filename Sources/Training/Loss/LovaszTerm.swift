// Lovász-softmax loss of one picture.

/// Mean over the picture's classes of the Lovász extension of the Jaccard loss, at the errors |g − p| of its pixels.
///
/// The extension sorts pixels by error. Here they are counted in bins of error instead, which is linear in the pixels, and
/// those of a bin, alike to 1/4096, count as equal: any order among equals gives a gradient of the loss. Cells are pixels
/// that share their p.
///
/// - Source: Berman, Triki and Blaschko 2018, eq. 8 and algorithm 1.
struct LovaszTerm {
  static let bins = 4096

  let classes: Int
  /// `[classes, bins]`: pixels of the class, pixels of others.
  private var inside, outside: [Int32]
  /// `[classes, bins]`, after `finish`: the derivative of the loss by the error of such a pixel.
  private var insideSlope, outsideSlope: [Float]
  /// Whether the picture has the class.
  private var isPresent: [Bool]

  init(classes: Int) {
    self.classes = classes
    inside = [Int32](repeating: 0, count: classes * LovaszTerm.bins)
    outside = inside
    insideSlope = [Float](repeating: 0, count: inside.count)
    outsideSlope = insideSlope
    isPresent = [Bool](repeating: false, count: classes)
  }

  @inline(__always)
  private static func bin(_ error: Float) -> Int { LossBins.index(error, of: bins) }

  /// Counts a tile's cells.
  mutating func add(_ tile: SoftmaxTile, _ counts: LabelCounts) {
    inside.withUnsafeMutableBufferPointer { inside in
      outside.withUnsafeMutableBufferPointer { outside in
        for c in 0..<classes {
          let (p, own, row) = (tile.values(of: c), counts.values(of: c), c * LovaszTerm.bins)
          for lane in 0..<tile.count {
            let (g, rest) = (own[lane], counts.totals[lane] - own[lane])
            if g > 0 { inside[row + LovaszTerm.bin(1 - p[lane])] += Int32(g) }
            if rest > 0 { outside[row + LovaszTerm.bin(p[lane])] += Int32(rest) }
          }
        }
      }
    }
  }

  /// Turns counts into slopes, `weight` times the mean over the classes that the picture has.
  ///
  /// With F of the class's G pixels and B others among the larger errors, the Jaccard loss is 1 − (G − F) / (G + B), and
  /// a pixel's slope is what it adds to that.
  mutating func finish(weight: Double) {
    let totals = (0..<classes).map { c in inside[(c * LovaszTerm.bins)..<((c + 1) * LovaszTerm.bins)].reduce(0, +) }
    isPresent = totals.map { $0 > 0 }
    let share = weight / Double(max(1, isPresent.count { $0 }))
    for c in 0..<classes where isPresent[c] {
      let total = Double(totals[c])
      var (found, others) = (0.0, 0.0)
      for i in (c * LovaszTerm.bins..<(c + 1) * LovaszTerm.bins).reversed() {
        insideSlope[i] = Float(share / (total + others))
        found += Double(inside[i])
        let next = others + Double(outside[i])
        outsideSlope[i] = Float(share * (total - found) / ((total + others) * (total + next)))
        others = next
      }
    }
  }

  /// Adds the derivative by each cell's p to `slopes` `[classes]`; returns the cells' part of the loss.
  @inline(__always)
  func evaluate(_ tile: SoftmaxTile, _ counts: LabelCounts, slopes: UnsafeMutablePointer<Cells>) -> Double {
    var loss: Float = 0
    insideSlope.withUnsafeBufferPointer { insideSlope in
      outsideSlope.withUnsafeBufferPointer { outsideSlope in
        for c in 0..<classes where isPresent[c] {
          let (p, own, row) = (tile.values(of: c), counts.values(of: c), c * LovaszTerm.bins)
          let target = UnsafeMutableRawPointer(slopes + c).assumingMemoryBound(to: Float.self)
          for lane in 0..<tile.count {
            let (g, rest, value) = (own[lane], counts.totals[lane] - own[lane], p[lane])
            let up = g > 0 ? g * insideSlope[row + LovaszTerm.bin(1 - value)] : 0
            let down = rest > 0 ? rest * outsideSlope[row + LovaszTerm.bin(value)] : 0
            target[lane] += down - up
            loss += up * (1 - value) + down * value
          }
        }
      }
    }
    return Double(loss)
  }
}
