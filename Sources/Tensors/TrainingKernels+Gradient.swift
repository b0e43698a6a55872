// Gradients by the weights.
import CKernels

extension TrainingKernels {
  /// Outputs that a gradient by the weights does at once: where its channels can be cut between threads.
  public func gradientBlock(_ layer: TrainingLayerShape) -> Int {
    withUnsafePointer(to: layer.layer) { Int(table.pointee.gradient_block($0)) }
  }

  /// Bytes of scratch memory that a call needs.
  ///
  /// - Parameter width: pixels of a row of the gradient, or of the source for `upconvolution`.
  public func gradientScratchByteCount(_ layer: TrainingLayerShape, width: Int) -> Int {
    withUnsafePointer(to: layer.layer) { table.pointee.gradient_scratch_size($0, Int32(width)) }
  }

  /// Sums what rows of a batch tell of a layer's weights.
  ///
  /// - Parameters:
  ///   - layer: the forward direction.
  ///   - gradient: by the layer's result; of type `real`, with f32 kernels also bf16. Its border is not read.
  ///   - part: f32, `layer.weightCount` numbers in the kernels' order: one part of what `sumParts` makes the gradient of.
  ///   - adds: whether to add to `part` or to overwrite it.
  ///   - rows: rows of the batch: of `gradient`, or of the source for `upconvolution`.
  ///   - channels: outputs to do, from a multiple of `gradientBlock` to another or to the last; nil for all.
  ///   - scratch: `gradientScratchByteCount` bytes, 64-byte aligned, overwritten.
  public func differentiateWeights(
    of layer: TrainingLayerShape, sources: [BatchView], gradient: BatchView, part: UnsafeMutablePointer<Float>,
    adds: Bool, rows: Range<Int>, channels: Range<Int>? = nil, scratch: UnsafeMutableRawPointer?
  ) {
    let channels = channels ?? 0..<layer.outputs[0]
    check(layer, sources, gradient, rows: rows, channels: channels)
    precondition(Int(bitPattern: scratch) % 64 == 0, "scratch memory is 64-byte aligned")
    var args = ck_train_gradient_args()
    args.layer = layer.layer
    args.src.0 = sources[0].batch
    if sources.count > 1 { args.src.1 = sources[1].batch }
    args.gradient = gradient.batch
    args.part = part
    args.adds = adds
    (args.row_begin, args.row_end) = (Int32(rows.lowerBound), Int32(rows.upperBound))
    (args.channel_begin, args.channel_end) = (Int32(channels.lowerBound), Int32(channels.upperBound))
    args.scratch = scratch
    table.pointee.weight_gradient(&args)
  }

  /// Adds up parts, in order, and brings them into the order of the weights.
  ///
  /// - Parameters:
  ///   - parts: `count` parts one after the other, in the kernels' order.
  ///   - gradient: f32 in the order of the layer's weights, overwritten.
  ///   - channels: outputs to do.
  public static func sumParts(
    _ parts: UnsafePointer<Float>, count: Int, of layer: TrainingLayerShape, into gradient: UnsafeMutablePointer<Float>,
    channels: Range<Int>
  ) {
    precondition(count >= 1 && channels.lowerBound >= 0 && channels.upperBound <= layer.outputs[0], "not such parts")
    withUnsafePointer(to: layer.layer) {
      ck_train_sum_parts(gradient, parts, Int32(count), $0, Int32(channels.lowerBound), Int32(channels.upperBound))
    }
  }

  private func check(
    _ layer: TrainingLayerShape, _ sources: [BatchView], _ gradient: BatchView, rows: Range<Int>, channels: Range<Int>
  ) {
    checkEnds(layer)
    precondition(sources.count == layer.inputs.count, "other sources")
    for (view, channels) in zip(sources, layer.inputs) {
      precondition(view.batch.real == real.identifier, "a source is not \(real)")
      precondition(Int(view.batch.channels) == channels && view.isSameSize(sources[0]), "a source does not fit")
    }
    precondition(real == .f32 || gradient.batch.real == CK_REAL_BF16, "the gradient is not \(real)")
    precondition(Int(gradient.batch.channels) == layer.outputs[0], "the gradient does not fit")
    switch layer.kind {
    case .convolution: precondition(sources[0].isSameSize(gradient), "sizes differ")
    case .convolutionStride2: precondition(sources[0].isTwice(gradient), "no half of the source")
    case .upconvolution: precondition(gradient.isTwice(sources[0]), "not twice the source")
    case .convolutionBack, .upconvolutionBack: preconditionFailure("\(layer.kind) has no weights of its own")
    }
    let count = (layer.kind == .upconvolution ? sources[0] : gradient).rowCount
    precondition(rows.lowerBound >= 0 && rows.upperBound <= count, "rows \(rows) are outside of 0..<\(count)")
    let block = gradientBlock(layer)
    precondition(
      channels.lowerBound % block == 0 && channels.upperBound <= layer.outputs[0]
        && (channels.upperBound % block == 0 || channels.upperBound == layer.outputs[0]),
      "channels \(channels) are not whole blocks")
  }
}
