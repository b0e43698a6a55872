// How a 3×3 convolution is computed: the part of a block that has several forms.

/// Windows of 3×3 over one or two activations, without bias.
protocol Convolution: AnyObject {
  /// Sums of moments are kept by share; this many there are.
  var shares: Int { get }

  /// Writes the result.
  ///
  /// - Parameter moments: nil, or f64 `[shares, 2, O]`, zeroed: sums of the result and of its square by share and channel.
  func forward(_ pass: Pass, moments: UnsafeMutablePointer<Double>?)

  /// Writes the gradients of weights and sources, from that of the result, which is in the output's gradient.
  func backward(_ pass: Pass)
}

/// What a convolution reads and writes.
struct ConvolutionEnds {
  let sources: [Activation]
  /// y, compact `[n, h, w, O]`.
  let result: BatchTensor
  /// By y, bordered; nil in a network for inference.
  let gradient: BatchTensor?
  let stride: Int
  /// f32 `[O, 3, 3, I]`.
  let weight: Parameter

  var channels: Int { sources.reduce(0) { $0 + $1.shape.c } }
  var needsSourceGradients: Bool { sources.contains { $0.gradient != nil } }
}
