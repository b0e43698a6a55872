// One step of eight numbers at a time.
import Foundation

/// Eight weights with what the optimiser knows of them.
struct UpdateGroup {
  var value, first, second, average: Lanes
  let gradient: Lanes
}

/// A slice of the parameters in all arrays.
struct UpdatePlace {
  let values: UnsafeMutablePointer<Float>
  let gradients: UnsafePointer<Float>
  let first, second, average: UnsafeMutablePointer<Float>
  /// Floats. Slices start on multiples of 16 and end there or in the padding after a parameter, which holds zeros and may
  /// be worked on too.
  let count: Int

  /// Reads each group of eight, lets `body` change it, and writes it back.
  @inline(__always)
  func forEach(_ body: (inout UpdateGroup) -> Void) {
    for i in 0..<((count + 7) / 8) {
      let at = 8 * i
      var group = UpdateGroup(
        value: lanes(values + at).pointee, first: lanes(first + at).pointee, second: lanes(second + at).pointee,
        average: lanes(average + at).pointee,
        gradient: UnsafeRawPointer(gradients + at).assumingMemoryBound(to: Lanes.self).pointee)
      body(&group)
      lanes(values + at).pointee = group.value
      lanes(first + at).pointee = group.first
      lanes(second + at).pointee = group.second
      lanes(average + at).pointee = group.average
    }
  }
}

/// The numbers of one step.
struct UpdateRule {
  private let momentum, secondMomentum, firstCorrection, secondCorrection, scale: Float
  private let isNesterov: Bool
  private var rate: Float
  private var decay: Float = 0
  private static let epsilon: Float = 1e-8

  /// - Parameter step: counted from 1.
  init(_ recipe: OptimizerRecipe, step: Int, rate: Double, scale: Double) {
    momentum = Float(recipe.momentum)
    secondMomentum = Float(recipe.secondMomentum)
    firstCorrection = Float(1 / (1 - pow(recipe.momentum, Double(step))))
    secondCorrection = Float(1 / (1 - pow(recipe.secondMomentum, Double(step))))
    isNesterov = recipe.nesterov
    (self.rate, self.scale) = (Float(rate), Float(scale))
  }

  /// The same with a factor on the rate, for weights that decay.
  func with(factor: Float, decay: Float) -> UpdateRule {
    var rule = self
    rule.rate *= factor
    rule.decay = decay
    return rule
  }

  @inline(__always)
  func adam(_ group: inout UpdateGroup) {
    let g = group.gradient * scale
    group.first = momentum * group.first + (1 - momentum) * g
    group.second = secondMomentum * group.second + (1 - secondMomentum) * g * g
    let spread = (group.second * secondCorrection).squareRoot() + UpdateRule.epsilon
    group.value -= rate * (group.first * firstCorrection / spread + decay * group.value)
  }

  @inline(__always)
  func descend(_ group: inout UpdateGroup) {
    let g = group.gradient * scale + decay * group.value
    group.first = momentum * group.first + g
    group.value -= rate * (isNesterov ? g + momentum * group.first : group.first)
  }
}
