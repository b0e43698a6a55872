// Nodes and constants of an ONNX graph as they are made.
import UNet

/// Collects a graph. Every value is named after the layer it belongs to; each method returns the name of what it made.
struct GraphBuilder {
  private(set) var nodes: [NodeProto] = []
  private(set) var constants: [TensorProto] = []

  /// A value that no node computes.
  mutating func constant(_ tensor: TensorProto) -> String {
    constants.append(tensor)
    return tensor.name
  }

  mutating func node(
    _ operation: String, _ inputs: [String], to output: String, _ attributes: [AttributeProto] = []
  ) -> String {
    var node = NodeProto()
    (node.opType, node.name) = (operation, output)
    (node.input, node.output) = (inputs, [output])
    node.attribute = attributes
    nodes.append(node)
    return output
  }
}

extension GraphBuilder {
  /// The products of a layer, with its bias, before ReLU.
  ///
  /// - Parameter weight: in ONNX's order; see `Layer.reordered`.
  mutating func products(_ layer: Layer, _ input: String, weight: String, bias: String, to output: String) -> String {
    let window = [layer.window, layer.window]
    let stride = layer.step
    // A transposed convolution cuts off what lies beyond twice the input's size.
    let padding = layer.isTransposed ? (layer.window - stride) / 2 : layer.window / 2
    return node(
      layer.isTransposed ? "ConvTranspose" : "Conv", [input, weight, bias], to: output,
      [
        AttributeProto("kernel_shape", window), AttributeProto("strides", [stride, stride]),
        AttributeProto("pads", [padding, padding, padding, padding]),
      ])
  }

  mutating func rectified(_ input: String, to output: String) -> String { node("Relu", [input], to: output) }

  /// The 2×2 maximum with stride 2.
  mutating func pooled(_ input: String, to output: String) -> String {
    node(
      "MaxPool", [input], to: output, [AttributeProto("kernel_shape", [2, 2]), AttributeProto("strides", [2, 2])])
  }

  /// Channels one after the other.
  mutating func joined(_ inputs: [String], to output: String) -> String {
    node("Concat", inputs, to: output, [AttributeProto("axis", 1)])
  }
}

extension AttributeProto {
  init(_ name: String, _ value: Int) {
    self.init()
    (self.name, i, type) = (name, Int64(value), .int)
  }

  init(_ name: String, _ values: [Int]) {
    self.init()
    (self.name, ints, type) = (name, values.map(Int64.init), .ints)
  }
}
