// Batch normalisation: statistics of a batch, and the factors that the passes over pixels use.
import Tensors

/// The norm of one convolution's output.
///
/// - Source: Ioffe and Szegedy 2015, algorithm 1; the running variance is the unbiased one, as they advise.
final class ChannelNorm {
  /// Added to the variance.
  static let epsilon: Float = 1e-3

  let channels: Int
  let scale, shift, mean, variance: Parameter
  /// Of this pass: y·factor + addend is the normalised, scaled and shifted value. All channels, twice, as the passes
  /// over pixels want them.
  let factor, addend: FloatBuffer
  /// The statistics used in this pass; `deviation` is 1/√(variance + ε).
  let batchMean, deviation: FloatBuffer
  /// dY = dz·a + y·b + c; all channels, twice.
  let backwardFactors: [FloatBuffer]
  /// By share: sums of two quantities by channel.
  private var parts: [Double] = []

  init(name: String, channels: Int, layout: inout ParameterLayout) {
    precondition(channels % 8 == 0, "widths are multiples of 8")
    self.channels = channels
    scale = layout.add("\(name).norm.scale", shape: [channels], kind: .offset)
    shift = layout.add("\(name).norm.shift", shape: [channels], kind: .offset)
    mean = layout.add("\(name).norm.mean", shape: [channels], kind: .statistic)
    variance = layout.add("\(name).norm.variance", shape: [channels], kind: .statistic)
    (factor, addend) = (FloatBuffer(count: 2 * channels), FloatBuffer(count: 2 * channels))
    (batchMean, deviation) = (FloatBuffer(count: channels), FloatBuffer(count: channels))
    backwardFactors = (0..<3).map { _ in FloatBuffer(count: 2 * channels) }
  }

  /// Zeroes room for `shares` pairs of sums and lends it: share s writes at `s · 2 · channels`.
  func withParts<R>(shares: Int, _ body: (UnsafeMutablePointer<Double>) -> R) -> R {
    parts = [Double](repeating: 0, count: shares * 2 * channels)
    return parts.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
  }

  /// Sum over shares, in order, of quantity `which` (0 or 1) of a channel.
  private func total(_ which: Int, _ channel: Int) -> Double {
    stride(from: which * channels + channel, to: parts.count, by: 2 * channels).reduce(0) { $0 + parts[$1] }
  }

  /// Takes mean and variance from the sums of y and y² over `count` pixels, and moves the running ones towards them.
  func useBatchStatistics(count: Int, pass: Pass) {
    for c in 0..<channels {
      let average = total(0, c) / Double(count)
      let spread = max(0, total(1, c) / Double(count) - average * average)
      let unbiased = spread * Double(count) / Double(max(1, count - 1))
      batchMean.data[c] = Float(average)
      deviation.data[c] = Float(1 / (spread + Double(ChannelNorm.epsilon)).squareRoot())
      follow(mean.offset + c, Float(average), pass)
      follow(variance.offset + c, Float(unbiased), pass)
    }
    setFactors(pass)
  }

  private func follow(_ position: Int, _ value: Float, _ pass: Pass) {
    pass.parameters[position] = pass.parameters[position] * pass.momentum + value * (1 - pass.momentum)
  }

  /// Takes the running mean and variance.
  func useRunningStatistics(_ pass: Pass) {
    for c in 0..<channels {
      batchMean.data[c] = pass.parameters[mean.offset + c]
      deviation.data[c] = 1 / (pass.parameters[variance.offset + c] + ChannelNorm.epsilon).squareRoot()
    }
    setFactors(pass)
  }

  private func setFactors(_ pass: Pass) {
    for c in 0..<channels {
      factor.data[c] = pass.parameters[scale.offset + c] * deviation.data[c]
      addend.data[c] = pass.parameters[shift.offset + c] - batchMean.data[c] * factor.data[c]
    }
    for factors in [factor, addend] { factors.data.advanced(by: channels).update(from: factors.data, count: channels) }
  }

  /// Of this pass, for the passes over pixels.
  var factors: NormPasses.Factors { NormPasses.Factors(scale: factor.data, shift: addend.data) }

  /// Parameter gradients and backward factors from Σ dz and Σ dz·y over `count` pixels.
  ///
  /// With x̂ = (y − μ)·d: dβ = Σ dz, dγ = Σ dz·x̂ = d·(Σ dz·y − μ·Σ dz), and
  /// dY = γ·d·(dz − dβ/N − x̂·dγ/N), which is linear in dz and y.
  func setBackwardFactors(count: Int, pass: Pass) {
    let follows = pass.usesBatchStatistics(in: scale.layer)
    for c in 0..<channels {
      let (mu, d) = (batchMean.data[c], deviation.data[c])
      let shiftGradient = Float(total(0, c))
      let scaleGradient = Float(Double(d) * (total(1, c) - Double(mu) * total(0, c)))
      pass.gradients[shift.offset + c] = shiftGradient
      pass.gradients[scale.offset + c] = scaleGradient
      let g = factor.data[c]
      let slope = follows ? -g * d * scaleGradient / Float(count) : 0
      let level = follows ? -g * shiftGradient / Float(count) : 0
      backwardFactors[0].data[c] = g
      backwardFactors[1].data[c] = slope
      backwardFactors[2].data[c] = level - slope * mu
    }
    for factors in backwardFactors {
      factors.data.advanced(by: channels).update(from: factors.data, count: channels)
    }
  }
}
