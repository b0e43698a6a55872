// A graph without its detours: what computes, and how one result reaches the next.

/// One step of the imported network.
struct Operation {
  enum Kind {
    case picture
    /// Weights `[O, I, k, k]`, as ONNX has them.
    case convolution(Window)
    /// Weights `[I, O, k, k]`.
    case transposed(Window)
    /// scale · x + shift by channel, with the statistics where it is a batch norm.
    case affine(scale: [Float], shift: [Float])
    case norm(scale: [Float], shift: [Float], mean: [Float], variance: [Float], epsilon: Float)
    case relu
    case maxPool
    case concatenation
    /// Softmax, sigmoid or argmax: leaves the order of the classes as it is.
    case decision
  }

  /// A convolution's weights and geometry.
  struct Window {
    let weights: [Float]
    /// Height and width.
    let side: Int
    let stride: Int
    /// Rows and columns of zeros before the first and after the last.
    let top, left, bottom, right: Int
    let bias: [Float]?
    let outputs, inputs: Int
  }

  /// The node's name and operator, for messages.
  let label: String
  let kind: Kind
  let inputs: [Input]
  /// Channels, height and width of the result.
  let size: Size

  struct Size: Hashable {
    var channels, height, width: Int
  }

  /// A result on its way to the next step.
  struct Input {
    /// Index of the operation that made it.
    let operation: Int
    let change: Change
  }

  /// What data movement did to a result `[C, H, W]`.
  enum Change: Hashable {
    case none
    /// Each pixel became four.
    case doubled
    /// Rows and columns of zeros were added around, or taken away where negative.
    case framed(top: Int, left: Int, bottom: Int, right: Int)
  }
}
