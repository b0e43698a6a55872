// Transposed convolution with stride 2, the way up.
import Tensors

/// How a transposed convolution is computed.
protocol Upconvolution: AnyObject {
  /// Writes the output: products, bias and ReLU; not its border.
  func forward(_ pass: Pass)
  /// Writes the gradients of weights and source, from that of the output before its ReLU.
  func backward(_ pass: Pass)
}

/// What a transposed convolution reads and writes.
struct UpconvolutionEnds {
  let source, output: Activation
  /// f32 `[k, k, O, I]`; the model file's order is `[O, k, k, I]`.
  let weight: Parameter
  let bias: Parameter
  let window: Int
  let isRectified: Bool
}

/// Doubles height and width: `out(2y−p+ky, 2x−p+kx) += weight[ky][kx] · in(y, x)`, plus bias, and a ReLU where it is asked
/// for; p is 0 for a window of 2 and 1 for a window of 4.
final class TransposedConvolution: TrainingLayer {
  let name: String
  let ends: UpconvolutionEnds
  private let upconvolution: any Upconvolution
  private let passes: NormPasses

  init(name: String, ends: UpconvolutionEnds, upconvolution: any Upconvolution, passes: NormPasses) {
    (self.name, self.ends, self.upconvolution, self.passes) = (name, ends, upconvolution, passes)
  }

  var output: Activation { ends.output }
  var multiplyAccumulates: Int { ends.source.shape.pixels * ends.weight.count }

  func forward(_ pass: Pass) {
    pass.timed(.convolution) { upconvolution.forward(pass) }
    let value = output.value
    forEachRow(value.shape.rows, pass.workers) { value.clearBorder($0) }
  }

  func backward(_ pass: Pass) {
    guard let gradient = output.gradient else { preconditionFailure("\(name) was made for inference") }
    if ends.isRectified {
      forEachRow(gradient.shape.rows, pass.workers) { row in
        passes.close(
          gradient.address(row), where: output.value.address(row), count: gradient.shape.w * gradient.shape.c)
      }
    }
    pass.timed(.normGradient) { differentiateBias(gradient, pass) }
    upconvolution.backward(pass)
  }

  /// The bias's gradient is the sum over all pixels.
  private func differentiateBias(_ gradient: BatchTensor, _ pass: Pass) {
    let (shape, shares) = (gradient.shape, rowShareCount(gradient.shape.rows))
    var sums = [Double](repeating: 0, count: shares * 2 * shape.c)
    sums.withUnsafeMutableBufferPointer { sums in
      guard let base = sums.baseAddress else { return }
      pass.workers.run(shares: shares) { share, _ in
        for row in Workers.range(of: share, shares: shares, count: shape.rows) {
          passes.addMoments(of: gradient.address(row), (shape.w, shape.c), to: base + share * 2 * shape.c)
        }
      }
    }
    for c in 0..<shape.c {
      pass.gradients[ends.bias.offset + c] = Float((0..<shares).reduce(0) { $0 + sums[$1 * 2 * shape.c + c] })
    }
  }
}

/// The 2×2 form on the training kernels.
final class KernelUpconvolution: Upconvolution {
  private let ends: UpconvolutionEnds
  private let kernels: TrainingKernels
  private let layer: TrainingLayerShape
  private let packed: MemoryBlock
  private let packedBack: MemoryBlock?
  private let weightGradient: WeightGradient?

  /// - Parameter steps: of the forward and the backward pass.
  init(
    _ ends: UpconvolutionEnds, on kernels: TrainingKernels, in plan: MemoryPlan, steps: (forward: Int, backward: Int)
  ) {
    precondition(ends.window == 2, "the kernels know 2×2 windows")
    (self.ends, self.kernels) = (ends, kernels)
    layer = TrainingLayerShape(.upconvolution, inputs: [ends.source.shape.c], outputs: [ends.output.shape.c])
    packed = plan.reserve(byteCount: kernels.packedByteCount(layer), lifetime: steps.forward...steps.forward)
    packedBack = ends.source.gradient.map { [layer] _ in
      plan.reserve(byteCount: kernels.packedByteCount(layer.back), lifetime: steps.backward...steps.backward)
    }
    weightGradient = ends.output.gradient.map { [layer] in
      WeightGradient(
        layer, of: ends.weight, sources: [ends.source.value], gradient: $0, on: kernels, in: plan, step: steps.backward)
    }
  }

  func forward(_ pass: Pass) {
    kernels.pack(ends.weight, of: layer, into: packed.address, pass)
    run(
      ends.source.value, packed, layer, into: ends.output.value, bias: pass.parameters + ends.bias.offset,
      rectifies: ends.isRectified, pass)
  }

  func backward(_ pass: Pass) {
    guard let gradient = ends.output.gradient, let weightGradient else { preconditionFailure("made for inference") }
    pass.timed(.weightGradient) { weightGradient.run(pass) }
    guard let packedBack, let target = ends.source.gradient else { return }
    pass.timed(.dataGradient) {
      kernels.pack(ends.weight, of: layer.back, into: packedBack.address, pass)
      run(gradient, packedBack, layer.back, into: target, bias: nil, rectifies: false, pass)
    }
  }

  private func run(
    _ source: BatchTensor, _ packed: MemoryBlock, _ layer: TrainingLayerShape, into target: BatchTensor,
    bias: UnsafeMutablePointer<Float>?, rectifies: Bool, _ pass: Pass
  ) {
    let (from, to, rows) = (source.view, target.view, ends.source.shape.rows)
    let shares = rowShareCount(rows)
    pass.workers.run(shares: shares, floats: kernels.scratchFloats(layer)) { share, scratch in
      kernels.convolve(
        [from], with: packed.address, of: layer, into: [to], bias: bias, rectifies: rectifies,
        rows: Workers.range(of: share, shares: shares, count: rows), scratch: scratch)
    }
  }
}
