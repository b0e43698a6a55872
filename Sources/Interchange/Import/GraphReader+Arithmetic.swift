// Numbers that a graph computes of its shapes, and constants that meet an activation.

extension GraphReader {
  static let arithmeticRules: [String: Rule] = [
    "Constant": { (reader, node) throws(Unmappable) in try reader.constant(node) },
    "ConstantOfShape": { (reader, node) throws(Unmappable) in try reader.constantOfShape(node) },
    "Shape": { (reader, node) throws(Unmappable) in try reader.shape(node) },
    "Add": { (reader, node) throws(Unmappable) in try reader.binary(node, +) },
    "Sub": { (reader, node) throws(Unmappable) in try reader.binary(node, -) },
    "Mul": { (reader, node) throws(Unmappable) in try reader.binary(node, *) },
    "Div": { (reader, node) throws(Unmappable) in try reader.binary(node, quotient) },
    "Max": { (reader, node) throws(Unmappable) in try reader.binary(node, max) },
    "Min": { (reader, node) throws(Unmappable) in try reader.binary(node, min) },
    "Neg": { (reader, node) throws(Unmappable) in try reader.unary(node) { -$0 } },
    "Floor": { (reader, node) throws(Unmappable) in try reader.unary(node) { $0.rounded(.down) } },
    "Ceil": { (reader, node) throws(Unmappable) in try reader.unary(node) { $0.rounded(.up) } },
    "Sqrt": { (reader, node) throws(Unmappable) in try reader.unary(node) { $0.squareRoot() } },
  ]

  private func constant(_ node: NodeProto) throws(Unmappable) -> [Value] {
    if let tensor = node.tensor("value") { return [.stored(tensor)] }
    if let number = node.integer("value_int") { return [.numbers(Grid([], [Double(number)]))] }
    if let number = node.float("value_float") { return [.numbers(Grid([], [Double(number)]))] }
    if let row = node.integers("value_ints") { return [.numbers(Grid([row.count], row.map { Double($0) }))] }
    if let row = node.floats("value_floats") { return [.numbers(Grid([row.count], row.map { Double($0) }))] }
    throw Unmappable(node.label, "a constant that is no tensor of numbers")
  }

  private func constantOfShape(_ node: NodeProto) throws(Unmappable) -> [Value] {
    let sides = try integers(node, 0) ?? []
    guard let count = Grid<Double>.count(of: sides), count <= 1 << 20 else {
      throw Unmappable(node.label, "a constant of shape \(sides)")
    }
    let value = try node.tensor("value")?.numbers(for: node.label).values.first ?? 0
    return [.numbers(Grid(sides, [Double](repeating: value, count: count)))]
  }

  private func shape(_ node: NodeProto) throws(Unmappable) -> [Value] {
    let shape: [Int]
    if case .activation(let view)? = value(node, 0) {
      shape = view.shape
    } else {
      shape = try numbers(node, 0)?.shape ?? []
    }
    func bound(_ value: Int) -> Int { min(max(value < 0 ? value + shape.count : value, 0), shape.count) }
    let (first, last) = (bound(node.integer("start") ?? 0), bound(node.integer("end") ?? shape.count))
    let part = first < last ? shape[first..<last] : []
    return [.numbers(Grid([part.count], part.map { Double($0) }))]
  }

  private func unary(_ node: NodeProto, _ function: (Double) -> Double) throws(Unmappable) -> [Value] {
    guard let grid = try numbers(node, 0) else { throw Unmappable(node.label, "it has no input") }
    return [.numbers(grid.map(function))]
  }

  /// Integers divide as integers; which numbers are integers is not kept, so those that look like ones are.
  private static func quotient(_ a: Double, _ b: Double) -> Double {
    let areIntegers = a == a.rounded() && b == b.rounded() && b != 0
    return areIntegers ? (a / b).rounded(.towardZero) : a / b
  }

  private mutating func binary(_ node: NodeProto, _ function: (Double, Double) -> Double) throws(Unmappable) -> [Value]
  {
    switch (value(node, 0), value(node, 1)) {
    case (.activation?, .activation?):
      throw Unmappable(node.label, "it combines two activations element by element; Verge's U-Net has no such links")
    case (.activation(let view)?, _): return [.activation(try affine(node, view, constant: 1))]
    case (_, .activation(let view)?): return [.activation(try affine(node, view, constant: 0))]
    default: return [.numbers(try combined(node, function))]
    }
  }

  private func combined(_ node: NodeProto, _ function: (Double, Double) -> Double) throws(Unmappable) -> Grid<Double> {
    guard let a = try numbers(node, 0), let b = try numbers(node, 1) else {
      throw Unmappable(node.label, "it has one input")
    }
    let sides = a.shape.count >= b.shape.count ? a.shape : b.shape
    let shape = a.values.count >= b.values.count ? a.shape : b.shape
    guard let first = broadcast(a, to: shape), let second = broadcast(b, to: shape), sides.count == shape.count else {
      throw Unmappable(node.label, "it combines shapes \(a.shape) and \(b.shape)")
    }
    return Grid(shape, zip(first, second).map(function))
  }

  /// The numbers of `grid` repeated over `shape`.
  private func broadcast(_ grid: Grid<Double>, to shape: [Int]) -> [Double]? {
    guard grid.shape.count <= shape.count else { return nil }
    let sides = [Int](repeating: 1, count: shape.count - grid.shape.count) + grid.shape
    guard zip(sides, shape).allSatisfy({ $0 == $1 || $0 == 1 }) else { return nil }
    let axes = zip(sides, shape).map { $0 == $1 ? Array(0..<$0) : [Int](repeating: 0, count: $1) }
    return Grid(sides, grid.values).rearranged(.select(axes), fill: 0)?.values
  }

  /// The numbers of `grid` by channel, when it is broadcast over the view.
  private func byChannel(_ grid: Grid<Double>, of view: View) -> [Float]? {
    // The common forms without going over all elements: a scalar, and [C, 1, 1] over [1, C, H, W].
    if let only = grid.values.first, grid.values.count == 1 {
      return [Float](repeating: Float(only), count: view.size.channels)
    }
    let sides = [Int](repeating: 1, count: max(0, 4 - grid.shape.count)) + grid.shape
    if view.places == nil, sides == [1, view.size.channels, 1, 1] { return grid.values.map { Float($0) } }
    return broadcast(grid, to: view.shape).flatMap { view.byChannel($0) }
  }

  /// An activation with a constant per channel.
  private mutating func affine(_ node: NodeProto, _ view: View, constant index: Int) throws(Unmappable) -> View {
    guard let grid = try numbers(node, index), let values = byChannel(grid, of: view) else {
      throw Unmappable(node.label, "its constant is not one number for each channel")
    }
    let (ones, zeros) = (values.map { _ in Float(1) }, values.map { _ in Float(0) })
    let kind: Operation.Kind
    switch (node.opType, index) {
    case ("Add", _): kind = .affine(scale: ones, shift: values)
    case ("Sub", 1): kind = .affine(scale: ones, shift: values.map { -$0 })
    case ("Sub", _): kind = .affine(scale: ones.map { -$0 }, shift: values)
    case ("Mul", _): kind = .affine(scale: values, shift: zeros)
    case ("Div", 1): kind = .affine(scale: values.map { 1 / $0 }, shift: zeros)
    default: throw Unmappable(node.label, "Verge's U-Net has no such operation on an activation")
    }
    guard view.hasNoFill else { throw Unmappable(node.label, "it comes after a padding, whose zeros it changes") }
    return try apply(kind, to: view, node)
  }
}
