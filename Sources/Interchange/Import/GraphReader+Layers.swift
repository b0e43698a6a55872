// The operators that a network consists of.

extension GraphReader {
  static let layerRules: [String: Rule] = [
    "Conv": { (reader, node) throws(Unmappable) in try reader.convolution(node) },
    "ConvTranspose": { (reader, node) throws(Unmappable) in try reader.transposed(node) },
    "BatchNormalization": { (reader, node) throws(Unmappable) in try reader.norm(node) },
    "Relu": { (reader, node) throws(Unmappable) in try reader.pointwise(node, .relu) },
    "MaxPool": { (reader, node) throws(Unmappable) in try reader.maxPool(node) },
    "Softmax": { (reader, node) throws(Unmappable) in try reader.decision(node) },
    "LogSoftmax": { (reader, node) throws(Unmappable) in try reader.decision(node) },
    "Sigmoid": { (reader, node) throws(Unmappable) in try reader.decision(node) },
    "ArgMax": { (reader, node) throws(Unmappable) in try reader.decision(node) },
  ]

  private mutating func convolution(_ node: NodeProto) throws(Unmappable) -> [Value] {
    let (input, size) = try input(activation(node, 0), of: node)
    let (shape, weights) = try squareWeights(node)
    guard shape[1] == size.channels else {
      throw Unmappable(node.label, "it reads \(size.channels) channels with weights \(shape)")
    }
    let (side, stride) = (shape[2], try self.stride(node))
    let pads = try padding(node, size, side: side, stride: stride)
    let (height, width) = (size.height + pads[0] + pads[2] - side, size.width + pads[1] + pads[3] - side)
    guard height >= 0, width >= 0 else { throw Unmappable(node.label, "its window is larger than what it reads") }
    let window = Operation.Window(
      weights: weights, side: side, stride: stride, top: pads[0], left: pads[1], bottom: pads[2], right: pads[3],
      bias: try bias(node, shape[0]), outputs: shape[0], inputs: shape[1])
    let result = Operation.Size(channels: shape[0], height: height / stride + 1, width: width / stride + 1)
    return [
      .activation(try add(Operation(label: node.label, kind: .convolution(window), inputs: [input], size: result)))
    ]
  }

  private mutating func transposed(_ node: NodeProto) throws(Unmappable) -> [Value] {
    let (input, size) = try input(activation(node, 0), of: node)
    let (shape, weights) = try squareWeights(node)
    guard shape[0] == size.channels else {
      throw Unmappable(node.label, "it reads \(size.channels) channels with weights \(shape)")
    }
    let (side, stride) = (shape[2], try self.stride(node))
    guard stride == 2 else { throw Unmappable(node.label, "stride \(stride); Verge's U-Net doubles, with stride 2") }
    let more = node.integers("output_padding") ?? [0, 0]
    var pads = node.integers("pads") ?? [0, 0, 0, 0]
    let automatic = node.string("auto_pad") ?? "NOTSET"
    if automatic.hasPrefix("SAME") || node.integers("output_shape") != nil {
      let (all, isUpper) = (side - stride, automatic != "SAME_LOWER")
      pads = [isUpper ? all / 2 : all - all / 2, isUpper ? all - all / 2 : all / 2].flatMap { [$0, $0] }
    }
    guard pads.count == 4, more.count == 2, (pads + more).allSatisfy({ (-8...8).contains($0) }) else {
      throw Unmappable(node.label, "pads \(pads), output_padding \(more)")
    }
    // Rows that output_padding adds are like those that pads take away.
    let (bottom, right) = (pads[2] - more[0], pads[3] - more[1])
    let window = Operation.Window(
      weights: weights, side: side, stride: 2, top: pads[0], left: pads[1], bottom: bottom, right: right,
      bias: try bias(node, shape[1]), outputs: shape[1], inputs: shape[0])
    let result = Operation.Size(
      channels: shape[1], height: 2 * size.height - 2 + side - pads[0] - bottom,
      width: 2 * size.width - 2 + side - pads[1] - right)
    guard result.height > 0, result.width > 0 else { throw Unmappable(node.label, "pads \(pads)") }
    return [
      .activation(try add(Operation(label: node.label, kind: .transposed(window), inputs: [input], size: result)))
    ]
  }

  private mutating func norm(_ node: NodeProto) throws(Unmappable) -> [Value] {
    var parts: [[Float]] = []
    for index in 1...4 { parts.append(try weights(node, index).values) }
    let channels = try activation(node, 0).size.channels
    guard parts.allSatisfy({ $0.count == channels }) else {
      throw Unmappable(node.label, "its statistics are not those of \(channels) channels")
    }
    return try pointwise(
      node,
      .norm(
        scale: parts[0], shift: parts[1], mean: parts[2], variance: parts[3], epsilon: node.float("epsilon") ?? 1e-5))
  }

  private mutating func maxPool(_ node: NodeProto) throws(Unmappable) -> [Value] {
    let (input, size) = try input(activation(node, 0), of: node)
    let (window, strides) = (node.integers("kernel_shape") ?? [], node.integers("strides") ?? [1, 1])
    let isPadded = (node.integers("pads") ?? []).contains { $0 != 0 }
    guard window == [2, 2], strides == [2, 2], !isPadded else {
      throw Unmappable(
        node.label,
        "window \(window), strides \(strides)\(isPadded ? ", padded" : ""); Verge's U-Net takes the maximum of 2×2 pixels"
      )
    }
    guard size.height % 2 == 0, size.width % 2 == 0 else {
      throw Unmappable(
        node.label, "it halves \(size.width)×\(size.height), which is odd; export at a size that halves evenly")
    }
    let result = Operation.Size(channels: size.channels, height: size.height / 2, width: size.width / 2)
    return [.activation(try add(Operation(label: node.label, kind: .maxPool, inputs: [input], size: result)))]
  }

  /// Softmax and the like, at the end; the axis must be that of the classes.
  private mutating func decision(_ node: NodeProto) throws(Unmappable) -> [Value] {
    let view = try activation(node, 0)
    let axis = node.integer("axis") ?? (node.opType == "ArgMax" ? 0 : -1)
    let position = axis < 0 ? axis + view.shape.count : axis
    if node.opType != "Sigmoid" {
      guard view.shape.indices.contains(position), view.shape[position] == view.size.channels else {
        throw Unmappable(node.label, "axis \(axis) of \(view.shape) is not that of the classes")
      }
    }
    return try pointwise(node, .decision)
  }

  /// An operation that treats each element alike, or by its channel.
  mutating func pointwise(_ node: NodeProto, _ kind: Operation.Kind) throws(Unmappable) -> [Value] {
    let view = try activation(node, 0)
    return [.activation(try apply(kind, to: view, node))]
  }

  mutating func apply(_ kind: Operation.Kind, to view: View, _ node: NodeProto) throws(Unmappable) -> View {
    let input = Operation.Input(operation: view.operation, change: .none)
    let result = try add(Operation(label: node.label, kind: kind, inputs: [input], size: view.size))
    return view.moved(to: result.operation)
  }

  /// Weights of rank 4 with a square window, group 1 and no dilation.
  private func squareWeights(_ node: NodeProto) throws(Unmappable) -> (shape: [Int], values: [Float]) {
    let (shape, values) = try weights(node, 1)
    guard shape.count == 4, shape[2] == shape[3], (1...16).contains(shape[2]), shape[0] > 0, shape[1] > 0 else {
      throw Unmappable(node.label, "weights \(shape); Verge's U-Net has square windows")
    }
    let (groups, dilations) = (node.integer("group") ?? 1, node.integers("dilations") ?? [])
    guard groups == 1 else { throw Unmappable(node.label, "\(groups) groups; Verge's U-Net has none") }
    if let dilation = dilations.first(where: { $0 != 1 }) {
      throw Unmappable(node.label, "dilation \(dilation); Verge's U-Net has none")
    }
    return (shape, values)
  }

  private func stride(_ node: NodeProto) throws(Unmappable) -> Int {
    let strides = node.integers("strides") ?? [1, 1]
    guard strides == [1, 1] || strides == [2, 2] else { throw Unmappable(node.label, "strides \(strides)") }
    return strides[0]
  }

  private func bias(_ node: NodeProto, _ channels: Int) throws(Unmappable) -> [Float]? {
    guard node.inputName(2) != nil else { return nil }
    let values = try weights(node, 2).values
    guard values.count == channels else {
      throw Unmappable(node.label, "\(values.count) biases for \(channels) channels")
    }
    return values
  }

  /// Rows and columns of zeros: top, left, bottom, right.
  private func padding(_ node: NodeProto, _ size: Operation.Size, side: Int, stride: Int) throws(Unmappable) -> [Int] {
    let automatic = node.string("auto_pad") ?? "NOTSET"
    var pads = node.integers("pads") ?? [0, 0, 0, 0]
    if automatic.hasPrefix("SAME") {
      let all = [size.height, size.width].map { max(0, (($0 + stride - 1) / stride - 1) * stride + side - $0) }
      let less = all.map { $0 / 2 }
      let more = zip(all, less).map { $0 - $1 }
      pads = automatic == "SAME_LOWER" ? more + less : less + more
    }
    guard pads.count == 4, pads.allSatisfy({ (0...16).contains($0) }) else {
      throw Unmappable(node.label, "pads \(pads)")
    }
    return pads
  }
}
