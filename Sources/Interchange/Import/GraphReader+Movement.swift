// The operators that only move elements, of activations and of numbers.

extension GraphReader {
  static let movementRules: [String: Rule] = [
    "Identity": { (reader, node) throws(Unmappable) in try reader.same(node) },
    "Dropout": { (reader, node) throws(Unmappable) in try reader.same(node) },
    "Cast": { (reader, node) throws(Unmappable) in try reader.cast(node) },
    "Gather": { (reader, node) throws(Unmappable) in try reader.gather(node) },
    "Split": { (reader, node) throws(Unmappable) in try reader.split(node) },
    "Concat": { (reader, node) throws(Unmappable) in try reader.concatenation(node) },
  ]

  /// What a node does to an input of some shape.
  typealias Plan = @Sendable (GraphReader, NodeProto, _ shape: [Int]) throws(Unmappable) -> Movement

  /// Operators that are one movement of their first input.
  static let plans: [String: Plan] = [
    "Reshape": { (reader, node, shape) throws(Unmappable) in try reader.reshape(node, shape) },
    "Squeeze": { (reader, node, shape) throws(Unmappable) in try reader.squeeze(node, shape) },
    "Unsqueeze": { (reader, node, shape) throws(Unmappable) in try reader.unsqueeze(node, shape) },
    "Transpose": { (_, node, shape) throws(Unmappable) in
      .transpose(node.integers("perm") ?? shape.indices.reversed())
    },
    "Tile": { (reader, node, shape) throws(Unmappable) in try reader.tile(node, shape) },
    "Expand": { (reader, node, shape) throws(Unmappable) in try reader.expand(node, shape) },
    "Slice": { (reader, node, shape) throws(Unmappable) in try reader.slice(node, shape) },
    "Pad": { (reader, node, shape) throws(Unmappable) in try reader.pad(node, shape) },
    "Resize": { (reader, node, shape) throws(Unmappable) in try reader.resize(node, shape) },
    "Upsample": { (reader, node, shape) throws(Unmappable) in try reader.resize(node, shape) },
  ]

  private func same(_ node: NodeProto) throws(Unmappable) -> [Value] {
    guard let value = value(node, 0) else { throw Unmappable(node.label, "it has no input") }
    return node.output.map { _ in value }
  }

  /// Activations stay floats; of numbers only integers matter, which a cast to an integer truncates.
  private func cast(_ node: NodeProto) throws(Unmappable) -> [Value] {
    if case .activation(let view)? = value(node, 0) { return [.activation(view)] }
    guard let grid = try numbers(node, 0) else { throw Unmappable(node.label, "it has no input") }
    let isFloat = [1, 10, 11, 16].contains(node.integer("to") ?? 1)
    return [.numbers(isFloat ? grid : grid.map { $0.rounded(.towardZero) })]
  }

  /// Applies the movement that `plan` makes of the input's shape.
  func move(
    _ node: NodeProto, _ plan: (_ shape: [Int]) throws(Unmappable) -> Movement
  ) throws(Unmappable) -> [Value] {
    if case .activation(let view)? = value(node, 0) {
      let movement = try plan(view.shape)
      guard let moved = view.rearranged(movement) else { throw misfit(node, view.shape) }
      return [.activation(moved)]
    }
    guard let grid = try numbers(node, 0) else { throw Unmappable(node.label, "it has no input") }
    guard let moved = grid.rearranged(try plan(grid.shape), fill: 0) else { throw misfit(node, grid.shape) }
    return [.numbers(moved)]
  }

  private func misfit(_ node: NodeProto, _ shape: [Int]) -> Unmappable {
    Unmappable(node.label, "it does not fit its input of shape \(shape), or makes too much of it")
  }

  private func reshape(_ node: NodeProto, _ shape: [Int]) throws(Unmappable) -> Movement {
    var sides = try integers(node, 1) ?? node.integers("shape") ?? []
    let keepsZeros = node.integer("allowzero") == 1
    for (axis, side) in sides.enumerated() where side == 0 && !keepsZeros && axis < shape.count {
      sides[axis] = shape[axis]
    }
    if let free = sides.firstIndex(of: -1) {
      let others = sides.enumerated().reduce(1) {
        $1.offset == free ? $0 : $0.multipliedReportingOverflow(by: $1.element).partialValue
      }
      guard others > 0, let count = Grid<Int>.count(of: shape) else { throw misfit(node, shape) }
      sides[free] = count / others
    }
    return .reshape(sides)
  }

  private func squeeze(_ node: NodeProto, _ shape: [Int]) throws(Unmappable) -> Movement {
    let axes = try integers(node, 1) ?? node.integers("axes")
    let chosen = axes.map { $0.map { $0 < 0 ? $0 + shape.count : $0 } } ?? shape.indices.filter { shape[$0] == 1 }
    return .reshape(shape.indices.filter { !chosen.contains($0) }.map { shape[$0] })
  }

  private func unsqueeze(_ node: NodeProto, _ shape: [Int]) throws(Unmappable) -> Movement {
    let axes = try integers(node, 1) ?? node.integers("axes") ?? []
    let rank = shape.count + axes.count
    let chosen = Set(axes.map { $0 < 0 ? $0 + rank : $0 })
    guard rank <= 16, chosen.count == axes.count, chosen.allSatisfy({ (0..<rank).contains($0) }) else {
      throw misfit(node, shape)
    }
    var rest = shape[...]
    return .reshape((0..<rank).map { chosen.contains($0) ? 1 : rest.popFirst() ?? 1 })
  }

  private func tile(_ node: NodeProto, _ shape: [Int]) throws(Unmappable) -> Movement {
    let repeats = try integers(node, 1) ?? []
    guard repeats.count == shape.count,
      zip(shape, repeats).allSatisfy({ (0...4096).contains($1) && $0 * $1 <= 1 << 20 })
    else {
      throw misfit(node, shape)
    }
    return .select(zip(shape, repeats).map { side, times in (0..<times).flatMap { _ in Array(0..<side) } })
  }

  private func slice(_ node: NodeProto, _ shape: [Int]) throws(Unmappable) -> Movement {
    let starts = try integers(node, 1) ?? node.integers("starts") ?? []
    let ends = try integers(node, 2) ?? node.integers("ends") ?? []
    let axes = try integers(node, 3) ?? node.integers("axes") ?? Array(starts.indices)
    let steps = try integers(node, 4) ?? starts.map { _ in 1 }
    guard starts.count == ends.count, starts.count == axes.count, starts.count == steps.count else {
      throw misfit(node, shape)
    }
    var places = shape.map { Array(0..<$0) }
    for index in starts.indices {
      let axis = axes[index] < 0 ? axes[index] + shape.count : axes[index]
      guard shape.indices.contains(axis), steps[index] != 0 else { throw misfit(node, shape) }
      let (side, isForward) = (shape[axis], steps[index] > 0)
      func bound(_ value: Int) -> Int {
        min(max(value < 0 ? value + side : value, isForward ? 0 : -1), isForward ? side : side - 1)
      }
      places[axis] = Array(Swift.stride(from: bound(starts[index]), to: bound(ends[index]), by: steps[index]))
    }
    return .select(places)
  }

  private func pad(_ node: NodeProto, _ shape: [Int]) throws(Unmappable) -> Movement {
    let pads = try integers(node, 1) ?? node.integers("pads") ?? []
    guard pads.contains(where: { $0 != 0 }) else { return .select(shape.map { Array(0..<$0) }) }
    let mode = node.string("mode") ?? "constant"
    let fill = try numbers(node, 2)?.values.first ?? 0
    guard mode == "constant", fill == 0 else {
      throw Unmappable(node.label, "it pads by \(mode == "constant" ? "\(fill)" : mode); Verge's U-Net pads by zeros")
    }
    guard pads.count == 2 * shape.count, pads.allSatisfy({ (-4096...4096).contains($0) }) else {
      throw misfit(node, shape)
    }
    return .select(
      shape.indices.map { axis in
        let (before, after) = (pads[axis], pads[axis + shape.count])
        return (-before..<max(-before, shape[axis] + after)).map { (0..<shape[axis]).contains($0) ? $0 : -1 }
      })
  }

  private func gather(_ node: NodeProto) throws(Unmappable) -> [Value] {
    guard let indices = try numbers(node, 1), let places = try integers(node, 1), indices.shape.count <= 1 else {
      throw Unmappable(node.label, "it gathers by more than one axis")
    }
    let moved = try move(node) { (shape) throws(Unmappable) in
      let axis = try axis(node, shape, standard: 0)
      let chosen = places.map { $0 < 0 ? $0 + shape[axis] : $0 }
      guard chosen.allSatisfy({ (0..<shape[axis]).contains($0) }) else { throw misfit(node, shape) }
      return .select(shape.indices.map { $0 == axis ? chosen : Array(0..<shape[$0]) })
    }
    guard indices.shape.isEmpty, case .numbers(let grid) = moved[0] else { return moved }
    var shape = grid.shape
    shape.remove(at: try axis(node, shape, standard: 0))
    return [.numbers(Grid(shape, grid.values))]
  }

  private func split(_ node: NodeProto) throws(Unmappable) -> [Value] {
    var results: [Value] = []
    let (sizes, parts) = (try integers(node, 1) ?? node.integers("split"), node.output.count)
    for part in 0..<parts {
      results += try move(node) { (shape) throws(Unmappable) in
        let axis = try axis(node, shape, standard: 0)
        let each = sizes ?? [Int](repeating: shape[axis] / parts, count: parts)
        guard each.count == parts, each.allSatisfy({ (0...shape[axis]).contains($0) }), each.reduce(0, +) == shape[axis]
        else {
          throw misfit(node, shape)
        }
        let first = each[..<part].reduce(0, +)
        return .select(shape.indices.map { $0 == axis ? Array(first..<first + each[part]) : Array(0..<shape[$0]) })
      }
    }
    return results
  }

  private func expand(_ node: NodeProto, _ shape: [Int]) throws(Unmappable) -> Movement {
    let sides = try integers(node, 1) ?? []
    guard sides.count == shape.count, sides.allSatisfy({ (1...1 << 20).contains($0) }) else {
      throw misfit(node, shape)
    }
    return .select(zip(shape, sides).map { $0 == 1 ? [Int](repeating: 0, count: $1) : Array(0..<$0) })
  }

  private mutating func concatenation(_ node: NodeProto) throws(Unmappable) -> [Value] {
    let isOfNumbers = node.input.indices.allSatisfy { if case .activation? = value(node, $0) { false } else { true } }
    if isOfNumbers { return try joinNumbers(node) }
    return [.activation(try joinActivations(node))]
  }

  private func joinNumbers(_ node: NodeProto) throws(Unmappable) -> [Value] {
    var values: [Double] = []
    for index in node.input.indices {
      guard let grid = try numbers(node, index), grid.shape.count == 1 else {
        throw Unmappable(node.label, "it joins numbers that are not in a row")
      }
      values += grid.values
    }
    return [.numbers(Grid([values.count], values))]
  }

  private mutating func joinActivations(_ node: NodeProto) throws(Unmappable) -> View {
    var (inputs, sizes): ([Operation.Input], [Operation.Size]) = ([], [])
    let shape = try activation(node, 0).shape
    let isLast = try axis(node, shape, standard: 1) == 3
    for index in node.input.indices {
      let view = try activation(node, index)
      guard view.shape.count == 4, let natural = isLast ? view.rearranged(.transpose([0, 3, 1, 2])) : view else {
        throw misfit(node, view.shape)
      }
      let (input, size) = try input(natural, of: node)
      inputs.append(input)
      sizes.append(size)
    }
    guard try [1, 3].contains(axis(node, shape, standard: 1)) else {
      throw Unmappable(node.label, "it joins along another axis than that of the channels")
    }
    guard sizes.allSatisfy({ $0.height == sizes[0].height && $0.width == sizes[0].width }) else {
      throw Unmappable(
        node.label, "it joins \(sizes.map { "\($0.width)×\($0.height)" }.joined(separator: " and ")) pixels")
    }
    let size = Operation.Size(
      channels: sizes.reduce(0) { $0 + $1.channels }, height: sizes[0].height, width: sizes[0].width)
    let view = try add(Operation(label: node.label, kind: .concatenation, inputs: inputs, size: size))
    guard isLast else { return view }
    guard let moved = view.rearranged(.transpose([0, 2, 3, 1])) else { throw misfit(node, view.shape) }
    return moved
  }

  private func axis(_ node: NodeProto, _ shape: [Int], standard: Int) throws(Unmappable) -> Int {
    let axis = node.integer("axis") ?? standard
    let position = axis < 0 ? axis + shape.count : axis
    guard shape.indices.contains(position) else { throw misfit(node, shape) }
    return position
  }
}
