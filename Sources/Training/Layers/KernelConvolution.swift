// A convolution on the training kernels.
import Tensors

/// 3×3 windows by the kernels of a CPU tier, on f32 or bf16.
final class KernelConvolution: Convolution {
  private let ends: ConvolutionEnds
  private let kernels: TrainingKernels
  private let layer: TrainingLayerShape
  private let packed: MemoryBlock
  /// Weights packed for the sources' gradients.
  private let packedBack: MemoryBlock?
  private let weightGradient: WeightGradient?
  let shares: Int

  /// - Parameters:
  ///   - kernels: for the sources' type.
  ///   - steps: of the forward and the backward pass.
  init(_ ends: ConvolutionEnds, on kernels: TrainingKernels, in plan: MemoryPlan, steps: (forward: Int, backward: Int))
  {
    (self.ends, self.kernels) = (ends, kernels)
    let layer = TrainingLayerShape(
      ends.stride == 1 ? .convolution : .convolutionStride2, inputs: ends.sources.map(\.shape.c),
      outputs: [ends.result.shape.c])
    self.layer = layer
    shares = rowShareCount(ends.result.shape.rows)
    packed = plan.reserve(byteCount: kernels.packedByteCount(layer), lifetime: steps.forward...steps.forward)
    packedBack =
      ends.gradient != nil && ends.needsSourceGradients
      ? plan.reserve(byteCount: kernels.packedByteCount(layer.back), lifetime: steps.backward...steps.backward) : nil
    weightGradient = ends.gradient.map {
      WeightGradient(
        layer, of: ends.weight, sources: ends.sources.map(\.value), gradient: $0, on: kernels, in: plan,
        step: steps.backward)
    }
  }

  func forward(_ pass: Pass, moments: UnsafeMutablePointer<Double>?) {
    kernels.pack(ends.weight, of: layer, into: packed.address, pass)
    let sources = ends.sources.map(\.value.view)
    let (result, rows) = (ends.result.view, ends.result.shape.rows)
    pass.workers.run(shares: shares, floats: kernels.scratchFloats(layer)) { share, scratch in
      kernels.convolve(
        sources, with: packed.address, of: layer, into: [result],
        moments: moments.map { $0 + share * 2 * ends.result.shape.c },
        rows: Workers.range(of: share, shares: shares, count: rows), scratch: scratch)
    }
  }

  func backward(_ pass: Pass) {
    guard let gradient = ends.gradient, let weightGradient else { preconditionFailure("made for inference") }
    pass.timed(.weightGradient) { weightGradient.run(pass) }
    pass.timed(.dataGradient) { differentiateSources(gradient, pass) }
  }

  private func differentiateSources(_ gradient: BatchTensor, _ pass: Pass) {
    guard let packedBack else { return }
    kernels.pack(ends.weight, of: layer.back, into: packedBack.address, pass)
    let targets = ends.sources.compactMap(\.gradient?.view)
    let (source, rows) = (gradient.view, ends.result.shape.rows)
    pass.workers.run(shares: shares, floats: kernels.scratchFloats(layer.back)) { share, scratch in
      kernels.convolve(
        [source], with: packedBack.address, of: layer.back, into: targets,
        rows: Workers.range(of: share, shares: shares, count: rows), scratch: scratch)
    }
  }
}

extension TrainingKernels {
  /// Scratch memory for `convolve`, in floats.
  func scratchFloats(_ layer: TrainingLayerShape) -> Int { (scratchByteCount(layer) + 3) / 4 }

  /// Packs a layer's weights on all threads.
  func pack(
    _ weight: Parameter, of layer: TrainingLayerShape, into packed: UnsafeMutableRawPointer, _ pass: Pass
  ) {
    let blocks = blockCount(layer)
    let shares = min(blocks, 16)
    pass.workers.run(shares: shares) { share, _ in
      let range = Workers.range(of: share, shares: shares, count: blocks)
      pack(pass.parameters + weight.offset, of: layer, blocks: range, into: packed)
    }
  }
}

/// The gradient by a layer's weights on the training kernels: parts by rows, and pieces of them by outputs.
final class WeightGradient {
  private let layer: TrainingLayerShape
  private let weight: Parameter
  private let sources: [BatchTensor]
  private let gradient: BatchTensor
  private let kernels: TrainingKernels
  /// Outputs of a piece.
  private let block: Int
  /// Pieces of the outputs, and of the rows: each of the rows' has a part of its own.
  private let cuts, partCount: Int
  private let parts: MemoryBlock

  /// - Parameters:
  ///   - layer: the forward direction.
  ///   - step: of the backward pass.
  init(
    _ layer: TrainingLayerShape, of weight: Parameter, sources: [BatchTensor], gradient: BatchTensor,
    on kernels: TrainingKernels, in plan: MemoryPlan, step: Int
  ) {
    (self.layer, self.weight, self.sources, self.gradient) = (layer, weight, sources, gradient)
    self.kernels = kernels
    block = kernels.gradientBlock(layer)
    cuts = (layer.outputs[0] + block - 1) / block
    // Many outputs are cut up; few are summed in parts, whose memory is small then.
    partCount = max(1, min(8 / min(cuts, 4), Self.rows(layer, sources, gradient) / 4))
    parts = plan.reserve(byteCount: 4 * layer.weightCount * partCount, lifetime: step...step)
  }

  private static func rows(_ layer: TrainingLayerShape, _ sources: [BatchTensor], _ gradient: BatchTensor) -> Int {
    layer.kind == .upconvolution ? sources[0].shape.rows : gradient.shape.rows
  }

  func run(_ pass: Pass) {
    let (views, slopes) = (sources.map(\.view), gradient.view)
    let rows = Self.rows(layer, sources, gradient)
    let width = layer.kind == .upconvolution ? sources[0].shape.w : gradient.shape.w
    let floats = (kernels.gradientScratchByteCount(layer, width: width) + 3) / 4
    pass.workers.run(shares: cuts * partCount, floats: floats) { share, scratch in
      let first = share % cuts * block
      kernels.differentiateWeights(
        of: layer, sources: views, gradient: slopes, part: parts.floats + share / cuts * layer.weightCount, adds: false,
        rows: Workers.range(of: share / cuts, shares: partCount, count: rows),
        channels: first..<min(first + block, layer.outputs[0]), scratch: scratch)
    }
    sumParts(pass)
  }

  private func sumParts(_ pass: Pass) {
    let pieces = (layer.outputs[0] + 15) / 16
    pass.workers.run(shares: pieces) { piece, _ in
      TrainingKernels.sumParts(
        parts.floats, count: partCount, of: layer, into: pass.gradients + weight.offset,
        channels: (16 * piece)..<min(16 * piece + 16, layer.outputs[0]))
    }
  }
}
