// Cross-entropy of sixteen cells: plain, focal, smoothed, of label sets, of hard pixels only.
import Foundation

/// −Σ weight · (1 − p)^γ · log p over the labels of the cells, p being the probability of the label's class or set.
struct PixelTerm {
  let codes: LabelCodes
  let smoothing, focal: Float
  /// Pixels in a higher bin of probability are left out.
  var cut = HardPixels.bins

  /// The cells' loss; writes its gradient by the logits to `gradient` `[classes]`.
  ///
  /// With target t, a label's gradient is factor · (p − t): factor is the weight for plain cross-entropy, t is 1 at the
  /// label's class, and p_c / Σ p within a set.
  @inline(__always)
  func evaluate(_ tile: SoftmaxTile, _ corner: LabelCorner, gradient: UnsafeMutablePointer<Cells>) -> Double {
    let classes = tile.classes
    let targets = UnsafeMutableRawPointer(gradient).assumingMemoryBound(to: Float.self)
    gradient.update(repeating: .zero, count: classes)
    var (mass, evenMass, loss) = (Cells.zero, Cells.zero, 0.0)
    for lane in 0..<tile.count {
      var (sum, even): (Float, Float) = (0, 0)
      corner.forEach(lane) { label, count in
        let weight = codes.weights[label] * count
        guard weight > 0 else { return }
        if label < classes {
          let (cost, factor) = modulated(tile, lane, label, weight: weight)
          guard factor >= 0 else { return }
          targets[label * SoftmaxTile.width + lane] += factor
          sum += factor
          even += weight
          loss += Double(cost)
        } else {
          let (cost, factor) = addSet(tile, lane, codes.members(label), weight: weight, targets: targets)
          sum += factor
          loss += Double(cost)
        }
      }
      (mass[lane], evenMass[lane]) = (sum, even)
    }
    if smoothing > 0 { loss += smooth(tile, evenMass, mass: &mass, gradient: gradient) }
    for c in 0..<classes { gradient[c] = mass * tile.probabilities[c] - gradient[c] }
    return loss
  }

  /// Loss and gradient factor of a pixel of one class; a factor below 0 when it is left out.
  @inline(__always)
  private func modulated(
    _ tile: SoftmaxTile, _ lane: Int, _ label: Int, weight: Float
  ) -> (cost: Float, factor: Float) {
    let share = weight * (1 - smoothing)
    let surprise = tile.surprise(lane, label)
    if focal == 0 && cut == HardPixels.bins { return (share * surprise, share) }
    let p = tile.probability(lane, label)
    guard HardPixels.bin(p) <= cut else { return (0, -1) }
    let (level, slope) = focus(p, surprise)
    return (share * level * surprise, share * slope)
  }

  /// (1 − p)^γ, and −p times the derivative of −(1 − p)^γ · log p.
  @inline(__always)
  private func focus(_ p: Float, _ surprise: Float) -> (level: Float, slope: Float) {
    guard focal > 0 else { return (1, 1) }
    let rest = max(1 - p, 1e-7)
    let level = pow(rest, focal)
    return (level, level + focal * level / rest * p * surprise)
  }

  /// A pixel of one of several classes: −log of their summed probability; the smoothed share wants them equally likely.
  private func addSet(
    _ tile: SoftmaxTile, _ lane: Int, _ members: [Int], weight: Float, targets: UnsafeMutablePointer<Float>
  ) -> (cost: Float, factor: Float) {
    let sum = min(1, members.reduce(0) { $0 + tile.probability(lane, $1) })
    guard HardPixels.bin(sum) <= cut else { return (0, 0) }
    let surprise = -log(sum)
    let (level, slope) = focus(sum, surprise)
    let (share, even) = (weight * (1 - smoothing), weight * smoothing / Float(members.count))
    var cost = share * level * surprise
    for c in members {
      targets[c * SoftmaxTile.width + lane] += share * slope * tile.probability(lane, c) / sum + even
      cost += even * tile.surprise(lane, c)
    }
    return (cost, share * slope + weight * smoothing)
  }

  /// The share of the target spread over all classes.
  @inline(__always)
  private func smooth(
    _ tile: SoftmaxTile, _ evenMass: Cells, mass: inout Cells, gradient: UnsafeMutablePointer<Cells>
  ) -> Double {
    let even = evenMass * (smoothing / Float(tile.classes))
    var cost = Cells.zero
    for c in 0..<tile.classes {
      gradient[c] += even
      cost += even * (tile.logSum - tile.logits[c])
    }
    mass += evenMass * smoothing
    return (0..<tile.count).reduce(0.0) { $0 + Double(cost[$1]) }
  }
}
