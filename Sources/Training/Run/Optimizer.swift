// From gradients to new weights.
import Foundation

/// Which rule moves the weights.
public enum OptimizerKind: String, Sendable, Codable, CaseIterable {
  /// Adam with decoupled weight decay. Source: Loshchilov and Hutter 2019, algorithm 2.
  case adamw
  /// Stochastic gradient descent with Nesterov's momentum. Source: Sutskever et al. 2013.
  case sgd
}

/// Step size over the run: linear warm-up, then half a cosine down to a small rest.
public struct LearningRate: Sendable, Hashable {
  public var peak: Double
  public var warmup: Int
  /// Share of the peak at the end.
  public var rest = 0.01

  /// At `progress` of the run, 0…1, being at `step`.
  ///
  /// - Source: Loshchilov and Hutter 2017, eq. 5, without restarts.
  public func value(step: Int, progress: Double) -> Double {
    if step < warmup { return peak * Double(step + 1) / Double(warmup) }
    let cosine = (1 + cos(.pi * min(1, max(0, progress)))) / 2
    return peak * (rest + (1 - rest) * cosine)
  }
}

/// The state of the optimiser: two moments and a smoothed copy of the weights, all in the network's layout.
final class Optimizer {
  let kind: OptimizerKind
  let layout: ParameterLayout
  let weightDecay: Float
  /// Adam's first moment, or the velocity of SGD.
  let first: FloatBuffer
  /// Adam's second moment; unused by SGD.
  let second: FloatBuffer
  /// Weights and statistics averaged over the last steps: what is evaluated and kept.
  let average: FloatBuffer
  /// Steps done.
  var step = 0

  private let momentum: Float = 0.9
  private let secondDecay: Float = 0.999
  private let epsilon: Float = 1e-8

  init(_ kind: OptimizerKind, layout: ParameterLayout, weightDecay: Double) {
    self.kind = kind
    self.layout = layout
    self.weightDecay = Float(weightDecay)
    first = FloatBuffer(count: layout.count)
    second = FloatBuffer(count: layout.count)
    average = FloatBuffer(count: layout.count)
  }

  /// √Σ g² over all trained parameters; not a finite number when a gradient is not.
  func gradientNorm(_ gradients: UnsafePointer<Float>) -> Double {
    layout.parameters.filter { $0.kind != .statistic }.reduce(0.0) { total, parameter in
      var sum: Float = 0
      for i in parameter.range { sum += gradients[i] * gradients[i] }
      return total + Double(sum)
    }.squareRoot()
  }

  /// Moves `values` by one step; decays weights only, not norms and biases.
  ///
  /// - Parameter scale: factor on all gradients, from clipping.
  func update(
    _ values: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>, rate: Double, scale: Float, workers: Workers
  ) {
    step += 1
    let trained = layout.parameters.filter { $0.kind != .statistic }
    workers.run(shares: trained.count) { index, _ in
      let parameter = trained[index]
      let decay = parameter.kind == .weight ? weightDecay : 0
      switch kind {
      case .adamw: adam(parameter.range, values, gradients, rate: Float(rate), scale: scale, decay: decay)
      case .sgd: descend(parameter.range, values, gradients, rate: Float(rate), scale: scale, decay: decay)
      }
    }
  }

  private func adam(
    _ range: Range<Int>, _ values: UnsafeMutablePointer<Float>, _ gradients: UnsafePointer<Float>, rate: Float,
    scale: Float, decay: Float
  ) {
    let (m, v) = (first.data, second.data)
    let firstCorrection = 1 / (1 - pow(momentum, Float(step)))
    let secondCorrection = 1 / (1 - pow(secondDecay, Float(step)))
    for i in range {
      let g = gradients[i] * scale
      m[i] = momentum * m[i] + (1 - momentum) * g
      v[i] = secondDecay * v[i] + (1 - secondDecay) * g * g
      let direction = m[i] * firstCorrection / ((v[i] * secondCorrection).squareRoot() + epsilon)
      values[i] -= rate * (direction + decay * values[i])
    }
  }

  private func descend(
    _ range: Range<Int>, _ values: UnsafeMutablePointer<Float>, _ gradients: UnsafePointer<Float>, rate: Float,
    scale: Float, decay: Float
  ) {
    let velocity = first.data
    for i in range {
      let g = gradients[i] * scale + decay * values[i]
      velocity[i] = momentum * velocity[i] + g
      values[i] -= rate * (g + momentum * velocity[i])
    }
  }

  /// Moves the average towards `values`; early steps count for more, so that the start is soon forgotten.
  func follow(_ values: UnsafePointer<Float>, decay: Double) {
    let keep = Float(min(decay, Double(1 + step) / Double(10 + step)))
    let target = average.data
    for i in 0..<layout.count { target[i] = keep * target[i] + (1 - keep) * values[i] }
  }
}
