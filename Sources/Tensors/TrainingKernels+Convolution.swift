// Convolutions of training over batches.
import CKernels

extension TrainingKernels {
  /// Blocks that a layer is packed in, which threads may share.
  public func blockCount(_ layer: TrainingLayerShape) -> Int {
    withUnsafePointer(to: layer.layer) { Int(table.pointee.block_count($0)) }
  }

  /// Bytes of a packed layer.
  public func packedByteCount(_ layer: TrainingLayerShape) -> Int {
    withUnsafePointer(to: layer.layer) { table.pointee.packed_size($0) }
  }

  /// Bytes of scratch memory for `convolve`.
  public func scratchByteCount(_ layer: TrainingLayerShape) -> Int {
    withUnsafePointer(to: layer.layer) { table.pointee.convolve_scratch_size($0) }
  }

  /// Packs blocks of a layer's weights.
  ///
  /// - Parameters:
  ///   - weights: f32, as the kind says; for a gradient by the data those of the forward direction.
  ///   - packed: `packedByteCount` bytes, 64-byte aligned.
  public func pack(
    _ weights: UnsafePointer<Float>, of layer: TrainingLayerShape, blocks: Range<Int>,
    into packed: UnsafeMutableRawPointer
  ) {
    checkEnds(layer)
    precondition(blocks.lowerBound >= 0 && blocks.upperBound <= blockCount(layer), "blocks \(blocks) are not there")
    precondition(Int(bitPattern: packed) % 64 == 0, "packed weights are 64-byte aligned")
    withUnsafePointer(to: layer.layer) {
      table.pointee.pack(packed, weights, $0, Int32(blocks.lowerBound), Int32(blocks.upperBound))
    }
  }

  /// Computes rows of a layer.
  ///
  /// - Parameters:
  ///   - sources: one or two, of type `real`; bordered by one pixel of zeros for windows of 3×3.
  ///   - destinations: one or two, f32 or bf16; overwritten, their borders are left alone.
  ///   - bias: f32 `[O]`, where every sum starts, or nil.
  ///   - rectifies: whether negative results become 0.
  ///   - moments: `[2, O]`: per channel, the sum of these rows' results and that of their squares are added; or nil.
  ///   - rows: rows of the batch, `0..<pictures·height`: of the destinations, or of the source for `upconvolution`.
  ///   - scratch: `scratchByteCount` bytes, 64-byte aligned; other calls at the same time have their own.
  public func convolve(
    _ sources: [BatchView], with packed: UnsafeRawPointer, of layer: TrainingLayerShape, into destinations: [BatchView],
    bias: UnsafePointer<Float>? = nil, rectifies: Bool = false, moments: UnsafeMutablePointer<Double>? = nil,
    rows: Range<Int>, scratch: UnsafeMutableRawPointer?
  ) {
    check(layer, sources, destinations, rows: rows)
    precondition(Int(bitPattern: scratch) % 64 == 0, "scratch memory is 64-byte aligned")
    var args = ck_train_args()
    args.layer = layer.layer
    args.weights = packed
    args.bias = bias
    args.src.0 = sources[0].batch
    if sources.count > 1 { args.src.1 = sources[1].batch }
    args.dst.0 = destinations[0].batch
    if destinations.count > 1 { args.dst.1 = destinations[1].batch }
    args.rectifies = rectifies
    args.moments = moments
    (args.row_begin, args.row_end) = (Int32(rows.lowerBound), Int32(rows.upperBound))
    args.scratch = scratch
    table.pointee.convolve(&args)
  }

  func checkEnds(_ layer: TrainingLayerShape) {
    precondition(real == .f32 || layer.inputs.allSatisfy { $0 % 8 == 0 }, "bf16 sources have channels in eights")
  }

  private func check(
    _ layer: TrainingLayerShape, _ sources: [BatchView], _ destinations: [BatchView], rows: Range<Int>
  ) {
    checkEnds(layer)
    precondition(sources.count == layer.inputs.count && destinations.count == layer.outputs.count, "other ends")
    for (view, channels) in zip(sources, layer.inputs) {
      precondition(view.batch.real == real.identifier, "a source is not \(real)")
      precondition(Int(view.batch.channels) == channels && view.isSameSize(sources[0]), "a source does not fit")
    }
    for (view, channels) in zip(destinations, layer.outputs) {
      precondition(
        Int(view.batch.channels) == channels && view.isSameSize(destinations[0]), "a destination does not fit")
    }
    let (source, destination) = (sources[0], destinations[0])
    switch layer.kind {
    case .convolution, .convolutionBack: precondition(source.isSameSize(destination), "sizes differ")
    case .convolutionStride2, .upconvolutionBack: precondition(source.isTwice(destination), "no half of the source")
    case .upconvolution: precondition(destination.isTwice(source), "not twice the source")
    }
    let count = (layer.kind == .upconvolution ? source : destination).rowCount
    precondition(rows.lowerBound >= 0 && rows.upperBound <= count, "rows \(rows) are outside of 0..<\(count)")
  }
}

extension BatchView {
  /// Rows of all pictures.
  var rowCount: Int { Int(batch.pictures) * Int(batch.height) }

  func isSameSize(_ other: BatchView) -> Bool {
    batch.pictures == other.batch.pictures && batch.height == other.batch.height && batch.width == other.batch.width
  }

  func isTwice(_ other: BatchView) -> Bool {
    batch.pictures == other.batch.pictures && batch.height == 2 * other.batch.height
      && batch.width == 2 * other.batch.width
  }
}
