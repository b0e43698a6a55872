// Looking at a network's activations while it runs.
import UNet

extension TrainingLayer {
  /// The activation of the model that the layer writes; nil for the head, and for what the model has no name for.
  var written: Activation? {
    switch self {
    case let block as ConvolutionBlock: block.output
    case let up as TransposedConvolution: up.output
    default: nil
    }
  }

  /// The 2×2 maximum of `written` where the layer writes that as well.
  var writtenMaximum: Activation? { (self as? ConvolutionBlock)?.pooled }
}

extension TrainingNetwork {
  /// Forward with a look at every layer right after it ran, before any other reads what it wrote.
  ///
  /// - Parameter observe: may change what the layer wrote; its maximum is an activation of its own then.
  func forward(_ pass: Pass, observe: (_ layer: any TrainingLayer) -> Void) {
    for layer in layers {
      layer.forward(pass)
      observe(layer)
    }
  }

  /// Backward with a look at every layer right before it runs, when the gradient by its output is complete.
  func backward(_ pass: Pass, prepare: (_ layer: any TrainingLayer) -> Void) {
    for layer in layers.reversed() {
      prepare(layer)
      layer.backward(pass)
    }
  }
}

extension BatchTensor {
  /// Calls `body` with the values of each row of pixels, borders left out.
  func forEachRow(_ body: (UnsafeMutableBufferPointer<Float>) -> Void) {
    for r in 0..<(shape.n * shape.h) {
      body(UnsafeMutableBufferPointer(start: row(r), count: shape.w * shape.c))
    }
  }
}
