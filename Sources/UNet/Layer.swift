// One layer of the network as data.

/// What a layer reads, computes and writes; its output is the activation of the same name.
public struct Layer: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    /// 3×3 convolution, "same" zero padding, batch norm and ReLU. Stride 2 reads rows 2y−1…2y+1.
    case conv3x3(stride: Int)
    /// Transposed convolution, stride 2, with bias and perhaps a ReLU.
    ///
    /// Window 2: output (2y+a, 2x+b) = w[a][b] · input (y, x). Window 4, with a padding of 1: output (2y−1+ky, 2x−1+kx)
    /// sums w[ky][kx] · input (y, x), so that an output pixel reads a 2×2 window of the input.
    case transpose(Upsampling)
    /// 1×1 convolution with bias, without ReLU: the logits.
    case head1x1
  }

  /// An activation that a layer reads.
  public struct Source: Sendable, Hashable {
    /// `input` or the name of the layer that wrote it.
    public let name: String
    /// Whether the 2×2 maximum of that activation is read.
    public let pooled: Bool
    public let channels: Int
  }

  public let name: String
  public let kind: Kind
  /// One, or the skip and the upsampled activation, read as one with concatenated channels.
  public let sources: [Source]
  public let outputChannels: Int
  /// The input's size divided by the output's: 1, 2, 4, …
  public let shrink: Int
  /// Whether the 2×2 maximum of the output is read by a later layer.
  public let isPooled: Bool

  /// Channels of all sources.
  public var inputChannels: Int { sources.reduce(0) { $0 + $1.channels } }

  /// Whether a batch norm may follow the layer's products.
  public var hasNorm: Bool { if case .conv3x3 = kind { true } else { false } }

  /// Whether the layer ends in a ReLU.
  public var isRectified: Bool {
    switch kind {
    case .conv3x3: true
    case .transpose(let up): up.isRectified
    case .head1x1: false
    }
  }

  /// Height and width of the window.
  public var window: Int {
    switch kind {
    case .conv3x3: 3
    case .transpose(let up): up.window
    case .head1x1: 1
    }
  }

  /// `[O, kh, kw, I]`.
  public var weightShape: [Int] { [outputChannels, window, window, inputChannels] }

  public var weightCount: Int { weightShape.reduce(1, *) }

  /// Height and width of the output.
  public func outputSize(_ input: InputSize) -> InputSize {
    InputSize(height: input.height / shrink, width: input.width / shrink)
  }

  /// Input pixels that an output pixel reads: a quarter of the window of a transposed convolution.
  public var taps: Int { if case .transpose = kind { window * window / 4 } else { window * window } }

  /// Multiply-accumulates of one picture.
  public func macs(_ input: InputSize) -> Int {
    outputSize(input).pixels * taps * inputChannels * outputChannels
  }
}
