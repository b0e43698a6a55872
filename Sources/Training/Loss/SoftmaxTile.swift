// Softmax of sixteen cells at a time.
import Foundation

/// Sixteen cells side by side.
typealias Cells = SIMD16<Float>

/// e to the power of x, x ≤ 0, with ck_exp's polynomial; never 0, so that a logarithm of it stays finite.
///
/// Relative error below 2e-7 + 2e-7·|x| down to x = −87, beyond which it stays near 1e-38.
@inline(__always)
func exponential(_ x: Cells) -> Cells {
  var t = x * Cells(repeating: 0x1.715476p0)
  t.replace(with: -126, where: t .< -126)
  // Adding and taking away 1.5·2²³ rounds to the nearest whole number, whose low bits then lie open.
  let magic: Float = 12_582_912
  let shifted = t + magic
  let f = t - (shifted - magic)
  var power = Cells(repeating: 0x1.5bba14p-10)
  power = power * f + Cells(repeating: 0x1.3cea88p-7)
  power = power * f + Cells(repeating: 0x1.c6b752p-5)
  power = power * f + Cells(repeating: 0x1.ebf9bcp-3)
  power = power * f + Cells(repeating: 0x1.62e42ap-1)
  power = power * f + 1
  let exponent = (unsafeBitCast(shifted, to: SIMD16<Int32>.self) &- 0x4B40_0000 &+ 127) &<< 23
  return power * unsafeBitCast(exponent, to: Cells.self)
}

/// The scores and probabilities of up to sixteen cells, class by class: a class's sixteen values lie together, so that
/// sums over classes need no sums across a vector.
struct SoftmaxTile {
  static let width = 16
  let classes: Int
  /// `[classes]` each.
  let logits, probabilities: UnsafeMutablePointer<Cells>
  /// log Σ exp of each cell's logits, in `logSums` for reading one cell's.
  private(set) var logSum = Cells.zero
  private let logSums: UnsafeMutablePointer<Float>
  /// Cells in use; the others repeat the first.
  private(set) var count = 0

  /// Floats of scratch memory for a tile.
  static func floats(classes: Int) -> Int { width * (2 * classes + 1) }

  init(classes: Int, scratch: UnsafeMutablePointer<Float>) {
    self.classes = classes
    logits = UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: Cells.self)
    probabilities = logits + classes
    logSums = scratch + 2 * SoftmaxTile.width * classes
  }

  /// Takes `count` cells (1…16) from compact memory `[count, classes]`.
  @inline(__always)
  mutating func load(_ source: UnsafePointer<Float>, count: Int) {
    self.count = count
    transpose(source, count: count)
    var largest = logits[0]
    for c in 1..<max(1, classes) { largest.replace(with: logits[c], where: logits[c] .> largest) }
    var sum = Cells.zero
    for c in 0..<classes {
      let value = exponential(logits[c] - largest)
      probabilities[c] = value
      sum += value
    }
    let inverse = 1 / sum
    for c in 0..<classes { probabilities[c] *= inverse }
    for lane in 0..<SoftmaxTile.width { logSums[lane] = log(sum[lane]) + largest[lane] }
    logSum = UnsafeMutableRawPointer(logSums).assumingMemoryBound(to: Cells.self).pointee
  }

  @inline(__always)
  private func transpose(_ source: UnsafePointer<Float>, count: Int) {
    let target = UnsafeMutableRawPointer(logits).assumingMemoryBound(to: Float.self)
    for lane in 0..<SoftmaxTile.width {
      let cell = source + (lane < count ? lane : 0) * classes
      for c in 0..<classes { target[c * SoftmaxTile.width + lane] = cell[c] }
    }
  }

  /// A cell's probability of a class.
  @inline(__always)
  func probability(_ lane: Int, _ label: Int) -> Float {
    values(of: label)[lane]
  }

  /// The cells' probabilities of a class.
  @inline(__always)
  func values(of label: Int) -> UnsafeMutablePointer<Float> {
    UnsafeMutableRawPointer(probabilities + label).assumingMemoryBound(to: Float.self)
  }

  /// −log of a cell's probability of a class.
  @inline(__always)
  func surprise(_ lane: Int, _ label: Int) -> Float {
    logSums[lane] - UnsafeMutableRawPointer(logits + label).assumingMemoryBound(to: Float.self)[lane]
  }
}
