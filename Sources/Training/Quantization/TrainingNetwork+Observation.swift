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
}

extension TrainingNetwork {
  /// Forward with a look at every activation right after it was written, before any layer reads it.
  ///
  /// - Parameter observe: may change the activation's values.
  func forward(_ pass: Pass, observe: (_ name: String, _ activation: Activation) -> Void) {
    for layer in layers {
      layer.forward(pass)
      if let written = layer.written { observe(layer.name, written) }
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
