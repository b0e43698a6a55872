// The last layer: scores, their argmax, and how sure it is.
import CKernels

extension Kernels {
  /// 1×1 convolution to class scores and their argmax; no tensor of scores is made.
  ///
  /// - Parameters:
  ///   - source: u8 `[H, W, inputChannels]`.
  ///   - labels: u8 `[H, W]`, rows `labelStride` bytes apart; index of the largest score, the lowest one on ties.
  ///   - confidence: nil, which costs nothing, or u8 `[H, W]` with rows `labelStride` bytes apart: the largest probability
  ///     of the softmax, times 255, to the nearest whole number and to even on ties.
  ///   - logits: nil, or f32 `[H, W, classes]`, dense; much slower, for tests and export checks.
  ///   - rows: rows to do.
  public func headArgmax(
    _ source: QuantizedTensor, with layer: PackedHead, labels: UnsafeMutablePointer<UInt8>, labelStride: Int,
    confidence: UnsafeMutablePointer<UInt8>? = nil, logits: UnsafeMutablePointer<Float>? = nil, rows: Range<Int>
  ) {
    let shape = source.shape
    precondition(layer.memory.tier == tier, "a layer packed for \(layer.memory.tier) meets kernels of \(tier)")
    precondition(
      shape.channels == layer.inputChannels, "a source \(shape) meets a head of \(layer.inputChannels) input channels")
    precondition(labelStride >= shape.width, "a label stride of \(labelStride) is less than the width of \(shape)")
    precondition(rows.lowerBound >= 0 && rows.upperBound <= shape.height, "rows \(rows) are outside of \(shape)")
    var args = ck_head_args()
    args.src = source.view
    args.weights = layer.memory.weights
    args.bias = layer.memory.bias
    args.multiplier = layer.memory.multiplier
    args.classes = Int32(layer.classes)
    args.labels = labels
    args.labels_stride = labelStride
    args.logits = logits
    args.confidence = confidence
    args.confidence_stride = labelStride
    args.row_begin = Int32(rows.lowerBound)
    args.row_end = Int32(rows.upperBound)
    table.pointee.head_argmax(&args)
  }
}
