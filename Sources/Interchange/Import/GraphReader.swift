// From nodes to operations: the graph run once, on shapes and places instead of pixels.

/// Reads a graph at one input size. Numbers are computed, movements of activations are followed, and what is left are the
/// operations that a network consists of.
struct GraphReader {
  enum Value {
    /// A tensor as stored, its numbers not looked at yet.
    case stored(TensorProto)
    case numbers(Grid<Double>)
    case activation(View)
  }

  /// Whether the network reads pictures as `[1, H, W, 3]`.
  let isChannelsLast: Bool
  /// Whether the graph says itself how large its pictures are.
  let hasFixedSize: Bool
  private(set) var operations: [Operation] = []
  private(set) var values: [String: Value]
  /// Elements that movements may still make: what a graph needs is far less, and memory is not endless.
  private var elementsLeft = 1 << 28

  /// Runs the nodes that the output depends on.
  ///
  /// - Throws: `Unmappable` naming the first node that no network of Verge's has.
  init(_ graph: GraphProto) throws(Unmappable) {
    values = Dictionary(graph.initializer.map { ($0.name, .stored($0)) }, uniquingKeysWith: { first, _ in first })
    let input = try PictureInput(graph, initializers: values)
    (isChannelsLast, hasFixedSize) = (input.isChannelsLast, input.isFixed)
    let picture = try add(Operation(label: "input \(quoted(input.name))", kind: .picture, inputs: [], size: input.size))
    let order = isChannelsLast ? picture.rearranged(.transpose([0, 2, 3, 1])) : picture
    values[input.name] = order.map { .activation($0) }
    for node in Self.needed(graph) { try read(node) }
  }

  /// The operation that makes the graph's first output.
  func output(_ graph: GraphProto) throws(Unmappable) -> Operation.Input {
    guard let name = graph.output.first?.name, case .activation(let view)? = values[name] else {
      throw Unmappable("", "its output does not depend on its input")
    }
    guard view.isWhole else {
      throw Unmappable(
        "output \(quoted(name))",
        "it is \(operations[view.operation].label) enlarged or cropped; Verge's U-Net ends in its scores, at the size they have"
      )
    }
    return Operation.Input(operation: view.operation, change: .none)
  }

  /// The nodes that the first output depends on, in the order of the file.
  private static func needed(_ graph: GraphProto) -> [NodeProto] {
    var names = Set(graph.output.prefix(1).map(\.name))
    var nodes: [NodeProto] = []
    for node in graph.node.reversed() where !names.isDisjoint(with: node.output) {
      names.formUnion(node.input)
      nodes.append(node)
    }
    return nodes.reversed()
  }

  private mutating func read(_ node: NodeProto) throws(Unmappable) {
    let (rule, plan) = (Self.rules[node.opType], Self.plans[node.opType])
    guard node.domain.isEmpty || node.domain == "ai.onnx", rule != nil || plan != nil else {
      let isQuantised = ["Quantize", "Dequantize", "DynamicQuantize", "QLinear"].contains { node.opType.hasPrefix($0) }
      throw Unmappable(
        node.label,
        isQuantised
          ? "a network in integers; import its float form and run `verge quantize`"
          : "Verge's U-Net has no such operator"
      )
    }
    for name in node.input where !name.isEmpty && values[name] == nil {
      throw Unmappable(node.label, "it reads \(quoted(name)), which nothing before it makes")
    }
    let results: [Value]
    if let rule {
      results = try rule(&self, node)
    } else if let plan {
      results = try move(node) { (shape) throws(Unmappable) in try plan(self, node, shape) }
      try charge(results, to: node)
    } else {
      results = []
    }
    guard results.count >= node.output.count else {
      throw Unmappable(node.label, "its outputs are not those of its kind")
    }
    for (name, value) in zip(node.output, results) { values[name] = value }
  }

  /// Adds an operation; its result as it is.
  ///
  /// - Throws: `Unmappable` for results that no network of Verge's makes.
  mutating func add(_ operation: Operation) throws(Unmappable) -> View {
    let size = operation.size
    guard size.channels <= 1 << 14, size.height <= 1 << 14, size.width <= 1 << 14 else {
      throw Unmappable(operation.label, "it makes \(size.channels) channels of \(size.width)×\(size.height) pixels")
    }
    operations.append(operation)
    return View(operation: operations.count - 1, size: size)
  }
}

// What rules use.
extension GraphReader {
  private mutating func charge(_ results: [Value], to node: NodeProto) throws(Unmappable) {
    for result in results {
      switch result {
      case .activation(let view): elementsLeft -= view.places?.values.count ?? 0
      case .numbers(let grid): elementsLeft -= grid.values.count
      case .stored: break
      }
    }
    guard elementsLeft >= 0 else {
      throw Unmappable(node.label, "the graph moves too many elements; export at a smaller size")
    }
  }

  /// Input `index` of a node; nil when it is left out.
  func value(_ node: NodeProto, _ index: Int) -> Value? { node.inputName(index).flatMap { values[$0] } }

  /// Input `index` as an activation.
  func activation(_ node: NodeProto, _ index: Int) throws(Unmappable) -> View {
    guard case .activation(let view)? = value(node, index) else {
      throw Unmappable(node.label, "its input \(index + 1) is a constant")
    }
    return view
  }

  /// Input `index` as numbers; nil when it is left out.
  func numbers(_ node: NodeProto, _ index: Int) throws(Unmappable) -> Grid<Double>? {
    switch value(node, index) {
    case .stored(let tensor): return try tensor.numbers(for: node.label)
    case .numbers(let grid): return grid
    case .activation: throw Unmappable(node.label, "its input \(index + 1) depends on the picture")
    case nil: return nil
    }
  }

  /// Input `index` as integers; nil when it is left out. Numbers beyond what sizes can be are brought to their bound.
  func integers(_ node: NodeProto, _ index: Int) throws(Unmappable) -> [Int]? {
    try numbers(node, index)?.values.map { $0.isNaN ? 0 : Int(min(max($0, -0x1p40), 0x1p40)) }
  }

  /// Input `index` as weights with their shape.
  func weights(_ node: NodeProto, _ index: Int) throws(Unmappable) -> (shape: [Int], values: [Float]) {
    switch value(node, index) {
    case .stored(let tensor):
      let values = try tensor.floats(for: node.label)
      return (tensor.shape ?? [], values)
    default:
      guard let grid = try numbers(node, index) else { throw Unmappable(node.label, "it has no weights") }
      return (grid.shape, grid.values.map { Float($0) })
    }
  }

  /// An activation as the input of an operation that reads `[1, C, H, W]`.
  func input(_ view: View, of node: NodeProto) throws(Unmappable) -> (input: Operation.Input, size: Operation.Size) {
    guard let (change, size) = view.change else {
      throw Unmappable(
        node.label,
        "what it reads of \(operations[view.operation].label) is rearranged to \(view.shape); Verge's U-Net reads it as it is"
      )
    }
    return (Operation.Input(operation: view.operation, change: change), size)
  }
}

extension GraphReader {
  typealias Rule = @Sendable (inout GraphReader, NodeProto) throws(Unmappable) -> [Value]

  /// How each operator is read.
  static let rules: [String: Rule] = layerRules.merging(movementRules) { $1 }.merging(arithmeticRules) { $1 }
}
