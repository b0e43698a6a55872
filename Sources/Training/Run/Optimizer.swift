// From gradients to new weights.
import Foundation

/// The state of the optimiser: two moments and a smoothed copy of the weights, all in the network's layout.
///
/// Works through the parameters in slices of fixed size on all workers, so that results do not depend on their number.
final class Optimizer {
  let recipe: OptimizerRecipe
  let rates: LayerRates
  /// Adam's first moment, or the velocity of SGD.
  let first: FloatBuffer
  /// Adam's second moment; unused by SGD.
  let second: FloatBuffer
  /// Weights and statistics averaged over the last steps: what is evaluated and kept.
  let average: FloatBuffer
  /// Steps done.
  var step = 0

  private let slices: [Slice]

  /// Neighbouring numbers that are treated alike.
  private struct Slice {
    let range: Range<Int>
    /// Factor on the rate; 0 where only the average follows.
    let rate: Float
    let decay: Float
  }

  private static let sliceSize = 16384

  /// - Throws: `TrainingError.setting` for layers to freeze that do not exist.
  init(_ recipe: OptimizerRecipe, layout: ParameterLayout) throws(TrainingError) {
    self.recipe = recipe
    let rates = try LayerRates(recipe, layout: layout)
    self.rates = rates
    first = FloatBuffer(count: layout.count)
    second = FloatBuffer(count: layout.count)
    average = FloatBuffer(count: layout.count)
    slices = layout.parameters.flatMap { parameter in
      stride(from: parameter.range.lowerBound, to: parameter.range.upperBound, by: Optimizer.sliceSize).map { start in
        Slice(
          range: start..<min(start + Optimizer.sliceSize, parameter.range.upperBound),
          rate: parameter.kind == .statistic ? 0 : Float(rates[parameter.layer]),
          decay: parameter.kind == .weight ? Float(recipe.weightDecay) : 0)
      }
    }
  }

  /// √Σ g² over all trained parameters; not a finite number when a gradient is not.
  func gradientNorm(_ gradients: UnsafePointer<Float>, workers: Workers) -> Double {
    var sums = [Double](repeating: 0, count: slices.count)
    sums.withUnsafeMutableBufferPointer { sums in
      workers.run(shares: slices.count) { index, _ in
        let slice = slices[index]
        sums[index] = slice.rate > 0 ? Optimizer.squares(gradients + slice.range.lowerBound, slice.range.count) : 0
      }
    }
    return sums.reduce(0, +).squareRoot()
  }

  private static func squares(_ values: UnsafePointer<Float>, _ count: Int) -> Double {
    var lanes = Lanes.zero
    let raw = UnsafeRawPointer(values)
    for i in 0..<(count / 8) {
      let group = raw.loadUnaligned(fromByteOffset: 32 * i, as: Lanes.self)
      lanes += group * group
    }
    var rest: Float = 0
    for i in (count / 8 * 8)..<count { rest += values[i] * values[i] }
    return Double(lanes.sum() + rest)
  }

  /// Moves `values` by one step, and the average after them, in one pass; decays weights only, not norms and biases.
  ///
  /// The average forgets its start soon: early steps count for more.
  ///
  /// - Parameter scale: factor on all gradients, from clipping.
  func update(
    _ values: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>, rate: Double, scale: Double,
    workers: Workers
  ) {
    step += 1
    let rule = UpdateRule(recipe, step: step, rate: rate, scale: scale)
    let keep = Float(min(recipe.average, Double(1 + step) / Double(10 + step)))
    workers.run(shares: slices.count) { index, _ in
      let slice = slices[index]
      let start = slice.range.lowerBound
      let place = UpdatePlace(
        values: values + start, gradients: gradients + start, first: first.data + start, second: second.data + start,
        average: average.data + start, count: slice.range.count)
      if slice.rate == 0 {
        place.forEach { group in group.average = keep * group.average + (1 - keep) * group.value }
        return
      }
      let rule = rule.with(factor: slice.rate, decay: slice.decay)
      switch recipe.rule {
      case .adamw:
        place.forEach { group in
          rule.adam(&group)
          group.average = keep * group.average + (1 - keep) * group.value
        }
      case .sgd:
        place.forEach { group in
          rule.descend(&group)
          group.average = keep * group.average + (1 - keep) * group.value
        }
      }
    }
  }
}
