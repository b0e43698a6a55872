// Layers and batches as the training kernels take them.
package import CKernels

/// What a training kernel computes.
public enum TrainingLayerKind: Hashable, Sendable {
  /// 3×3 window, stride 1, over sources with a border of one pixel of zeros; weights `[O, 3, 3, I]`.
  case convolution
  /// The same with stride 2: output (y, x) reads rows 2y−1…2y+1 and columns 2x−1…2x+1; one source.
  case convolutionStride2
  /// The gradient by the data of `convolution`, from a bordered gradient by its result to one or two sources.
  case convolutionBack
  /// 2×2 transposed convolution, stride 2: `out(2y+a, 2x+b) = w[a][b] · in(y, x)`; weights `[2, 2, O, I]`.
  case upconvolution
  /// The gradient by the data of `upconvolution`.
  case upconvolutionBack

  var identifier: ck_train_kind {
    switch self {
    case .convolution: CK_TRAIN_CONV3X3
    case .convolutionStride2: CK_TRAIN_CONV3X3_STRIDE2
    case .convolutionBack: CK_TRAIN_CONV3X3_BACK
    case .upconvolution: CK_TRAIN_UPCONV2X2
    case .upconvolutionBack: CK_TRAIN_UPCONV2X2_BACK
    }
  }
}

/// A layer as it is packed: its kind and channels.
public struct TrainingLayerShape: @unchecked Sendable {  // numbers
  public let kind: TrainingLayerKind
  /// Channels of one or two sources, and of one or two destinations.
  public let inputs, outputs: [Int]
  package let layer: ck_train_layer

  /// - Parameters:
  ///   - inputs: channels of the source, or of two that are read as one with their channels in a row; multiples of 8 for
  ///     bf16, any for f32.
  ///   - outputs: channels of the destination, or of two; multiples of 8. Two are for `convolutionBack` only.
  public init(_ kind: TrainingLayerKind, inputs: [Int], outputs: [Int]) {
    precondition((1...2).contains(inputs.count) && (1...2).contains(outputs.count), "a layer has one or two ends")
    precondition(inputs.allSatisfy { $0 > 0 } && outputs.allSatisfy { $0 > 0 && $0 % 8 == 0 }, "outputs come in eights")
    precondition(inputs.count == 1 || kind == .convolution, "only plain convolutions read two sources")
    precondition(outputs.count == 1 || kind == .convolutionBack, "only gradients by the data have two destinations")
    self.kind = kind
    self.inputs = inputs
    self.outputs = outputs
    layer = ck_train_layer(
      kind: kind.identifier, in: (Int32(inputs[0]), Int32(inputs.count > 1 ? inputs[1] : 0)),
      out: (Int32(outputs[0]), Int32(outputs.count > 1 ? outputs[1] : 0)))
  }

  /// Numbers of the layer's weights, and of one part of their gradient.
  public var weightCount: Int {
    (kind == .upconvolution || kind == .upconvolutionBack ? 4 : 9) * inputs.reduce(0, +) * outputs.reduce(0, +)
  }

  /// The gradient by the data of this layer, which must be a forward kind of stride 1.
  public var back: TrainingLayerShape {
    precondition(kind == .convolution || kind == .upconvolution, "\(kind) has no gradient by its data")
    return TrainingLayerShape(
      kind == .convolution ? .convolutionBack : .upconvolutionBack, inputs: outputs, outputs: inputs)
  }
}

/// Pictures of a batch in memory, `[pictures, height, width, channels]`, with or without a border; memory of others.
public struct BatchView: @unchecked Sendable {  // who makes it answers for the memory
  package let batch: ck_batch

  /// - Parameters:
  ///   - data: pixel (0, 0) of the first picture, inside of a border.
  ///   - rowStride, pictureStride: numbers, not bytes.
  public init(
    _ data: UnsafeMutableRawPointer, _ real: RealType, rowStride: Int, pictureStride: Int, pictures: Int, height: Int,
    width: Int, channels: Int
  ) {
    batch = ck_batch(
      data: data, real: real.identifier, row_stride: rowStride * real.byteCount,
      picture_stride: pictureStride * real.byteCount, pictures: Int32(pictures), height: Int32(height),
      width: Int32(width), channels: Int32(channels))
  }
}
