// The input of a graph: its name, its layout, and a size to read the graph at.

/// The one input of a network that reads pictures.
struct PictureInput {
  let name: String
  let size: Operation.Size
  /// `[1, H, W, 3]` instead of `[1, 3, H, W]`.
  let isChannelsLast: Bool
  /// Whether `size` is the graph's own.
  let isFixed: Bool

  /// How often a graph halves its input, as a factor: the sizes that a graph without fixed ones is read at are small
  /// multiples of it, and differ, so that rows are not taken for columns.
  private static func stride(of graph: GraphProto) -> Int {
    let halvings = graph.node.count {
      $0.opType == "MaxPool" || $0.opType == "Conv" && $0.integers("strides") == [2, 2]
    }
    return 1 << min(halvings, 8)
  }

  /// - Throws: `Unmappable` for a graph without such an input, or with two.
  init(_ graph: GraphProto, initializers: [String: GraphReader.Value]) throws(Unmappable) {
    let inputs = graph.input.filter { initializers[$0.name] == nil }
    guard inputs.count == 1, let input = inputs.first else {
      throw Unmappable("", "it has \(inputs.count) inputs; a segmentation network has one, the picture")
    }
    let sides = input.type.tensorType.shape.dim.map { Int(exactly: $0.dimValue) ?? 0 }
    guard sides.count == 4, sides[0] <= 1 else {
      throw Unmappable("input \(quoted(input.name))", "its shape is \(sides), not [1, 3, H, W] or [1, H, W, 3]")
    }
    isChannelsLast = sides[3] == 3 && sides[1] != 3
    guard isChannelsLast || sides[1] == 3 || sides[1] == 0 else {
      throw Unmappable(
        "input \(quoted(input.name))", "it has \(sides[1]) channels; Verge's pictures have 3, R, G and B")
    }
    name = input.name
    let (height, width) = isChannelsLast ? (sides[1], sides[2]) : (sides[2], sides[3])
    isFixed = height != 0 && width != 0
    size = Operation.Size(
      channels: 3, height: height == 0 ? 2 * Self.stride(of: graph) : height,
      width: width == 0 ? 3 * Self.stride(of: graph) : width)
    guard (1...4096).contains(size.height), (1...4096).contains(size.width) else {
      throw Unmappable("input \(quoted(input.name))", "pictures of \(width)×\(height)")
    }
  }
}
