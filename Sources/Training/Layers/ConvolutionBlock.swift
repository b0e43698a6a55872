// 3×3 convolution, batch norm, ReLU and perhaps a 2×2 maximum: the block that does nearly all of a U-Net's work.
import Tensors

/// `out = ReLU(norm(conv3×3(sources)))`, and on the way down the maximum of each 2×2 of it.
///
/// Only the convolution's result is kept in full precision of its type; norm, ReLU and maximum are one pass over it,
/// done again where the backward pass needs what they gave.
final class ConvolutionBlock: TrainingLayer {
  let name: String
  let output: Activation
  /// The 2×2 maximum of the output; nil where nothing reads it.
  let pooled: Activation?
  let norm: ChannelNorm
  let convolution: any Convolution
  /// The convolution's result before the norm, compact `[n, h, w, O]`.
  let result: BatchTensor
  let multiplyAccumulates: Int
  let passes: NormPasses
  let dropout: Dropout?

  init(
    name: String, ends: ConvolutionEnds, output: Activation, pooled: Activation?, convolution: any Convolution,
    norm: ChannelNorm, passes: NormPasses, dropout: Dropout?
  ) {
    precondition(dropout == nil || pooled == nil, "\(name): what is dropped out is not pooled")
    (self.name, self.output, self.pooled, self.convolution) = (name, output, pooled, convolution)
    (self.norm, self.passes, self.dropout) = (norm, passes, dropout)
    result = ends.result
    multiplyAccumulates = ends.result.shape.pixels * ends.weight.count
  }

  func forward(_ pass: Pass) {
    if pass.usesBatchStatistics(in: name) {
      norm.withParts(shares: convolution.shares) { moments in
        pass.timed(.convolution) { convolution.forward(pass, moments: moments) }
      }
      norm.useBatchStatistics(count: output.shape.pixels, pass: pass)
    } else {
      pass.timed(.convolution) { convolution.forward(pass, moments: nil) }
      norm.useRunningStatistics(pass)
    }
    pass.timed(.norm) { store(pass) }
  }

  /// Norm and ReLU of the result, and its 2×2 maxima: the one place where a block's activation is stored.
  private func store(_ pass: Pass) {
    let (shape, value, factors) = (output.shape, output.value, norm.factors)
    if let pooled {
      forEachRow(pooled.shape.rows, pass.workers) { row in
        passes.normalizeAndPool(
          rows(result, row), to: rows(value, row), pooled: pooled.value.address(row), (shape.w, shape.c), factors)
        for bordered in [2 * row, 2 * row + 1] { value.clearBorder(bordered) }
        pooled.value.clearBorder(row)
      }
    } else {
      forEachRow(shape.rows, pass.workers) { row in
        passes.normalize(result.address(row), to: value.address(row), (shape.w, shape.c), factors)
        dropout?.apply(to: value, row: row, pass, passes)
        value.clearBorder(row)
      }
    }
  }

  /// The two rows of a tensor that one row of maxima stands for.
  private func rows(_ tensor: BatchTensor, _ row: Int) -> RowPair {
    RowPair(tensor.address(2 * row), tensor.address(2 * row + 1))
  }
}

// Gradients.
extension ConvolutionBlock {
  func backward(_ pass: Pass) {
    guard let gradient = output.gradient else { preconditionFailure("\(name) was made for inference") }
    let shares = rowShareCount(output.shape.rows / 2)
    pass.timed(.normGradient) {
      norm.withParts(shares: shares) { sum(gradient, pass, shares: shares, parts: $0) }
      norm.setBackwardFactors(count: output.shape.pixels, pass: pass)
      combine(gradient, pass)
    }
    convolution.backward(pass)
  }

  /// Completes the gradient by the activation (that of the maximum, what was dropped) and takes the sums that the norm
  /// needs. Shares are pairs of rows.
  private func sum(_ gradient: BatchTensor, _ pass: Pass, shares: Int, parts: UnsafeMutablePointer<Double>) {
    let (shape, factors) = (output.shape, norm.factors)
    let pairs = (shape.rows + 1) / 2
    pass.workers.run(shares: shares) { share, _ in
      for pair in Workers.range(of: share, shares: shares, count: pairs) {
        if let slopes = pooled?.gradient {
          passes.unpool(
            slopes.address(pair), into: rows(gradient, pair), y: rows(result, pair), (shape.w, shape.c), factors)
        }
        for row in (2 * pair)..<min(2 * pair + 2, shape.rows) {
          dropout?.apply(to: gradient, row: row, pass, passes)
          passes.addGradientSums(
            gradient.address(row), y: result.address(row), (shape.w, shape.c), factors,
            to: parts + share * 2 * shape.c)
        }
      }
    }
  }

  /// The gradient by the convolution's result, over that by the activation.
  private func combine(_ gradient: BatchTensor, _ pass: Pass) {
    let (shape, factors) = (output.shape, norm.factors)
    let slopes = norm.backwardFactors.map { UnsafePointer($0.data) }
    forEachRow(shape.rows, pass.workers) { row in
      passes.combine(
        gradient.address(row), y: result.address(row), (shape.w, shape.c), factors, a: slopes[0], b: slopes[1],
        c: slopes[2])
      gradient.clearBorder(row)
    }
  }
}
