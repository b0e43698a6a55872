// From the steps of a plan to what threads share.
import Tensors

extension Int8Plan.Step {
  /// The step over `tensors`, made once: it runs for every picture and allocates nothing.
  ///
  /// - Parameters:
  ///   - tensors: the plan's activations.
  ///   - result: where the head finds where to write.
  ///   - threads: how many share the step.
  func task(
    _ kernels: Kernels, _ tensors: [QuantizedTensor], _ result: Int8Network.Result, threads: Int
  ) -> RowTask {
    let source = tensors[sources[0]]
    switch work {
    case .convolution(let packed, let stride):
      return convolution(kernels, tensors, packed, stride: stride)
    case .winograd(let packed):
      return transformed(kernels, tensors, packed, threads: threads)
    case .transpose(let packed):
      let output = tensors[output ?? 0]
      return RowTask(rows: 0..<source.shape.height, blocks: packed.blockCount) {
        kernels.upconvolve(source, with: packed, into: output, rows: $0, blocks: $1)
      }
    case .head(let packed):
      return RowTask(rows: 0..<source.shape.height) { rows, _ in
        guard let labels = result.labels else { return }
        kernels.headArgmax(
          source, with: packed, labels: labels, labelStride: result.labelStride, confidence: result.confidence,
          logits: result.logits, rows: rows)
      }
    }
  }

  /// In the place of rows, the task has pieces.
  private func transformed(
    _ kernels: Kernels, _ tensors: [QuantizedTensor], _ packed: PackedWinograd3x3, threads: Int
  ) -> RowTask {
    let (source, output) = (tensors[sources[0]], tensors[output ?? 0])
    let second = sources.count == 2 ? tensors[sources[1]] : nil
    let pooled = pooled.map { tensors[$0] }
    let count = packed.pieceCount(of: output.shape, threads: threads)
    return RowTask(rows: 0..<count) { pieces, _ in
      kernels.convolveWinograd3x3(
        source, second, with: packed, into: output, pooledInto: pooled, pieces: pieces, of: count)
    }
  }

  private func convolution(
    _ kernels: Kernels, _ tensors: [QuantizedTensor], _ packed: PackedConvolution3x3, stride: Int
  ) -> RowTask {
    let (source, output) = (tensors[sources[0]], tensors[output ?? 0])
    let second = sources.count == 2 ? tensors[sources[1]] : nil
    let pooled = pooled.map { tensors[$0] }
    let rows = 0..<output.shape.height
    if stride == 2 {
      return RowTask(rows: rows, blocks: packed.blockCount) {
        kernels.convolve3x3Stride2(source, with: packed, into: output, rows: $0, blocks: $1)
      }
    }
    return RowTask(rows: rows, unit: pooled == nil ? 1 : 2, blocks: packed.blockCount) {
      kernels.convolve3x3(source, second, with: packed, into: output, pooledInto: pooled, rows: $0, blocks: $1)
    }
  }
}
