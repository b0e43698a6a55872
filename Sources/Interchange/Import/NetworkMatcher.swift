// The operations of a graph recognised as a U-Net, from the logits back to the picture.
import UNet

/// Walks a network's operations backwards: head, expanding path, lowest level, contracting path, stem.
struct NetworkMatcher {
  let operations: [Operation]
  private(set) var stem: MatchedLayer?
  /// Full resolution first; the last one has no way up.
  private(set) var levels: [Level] = []
  private(set) var head: MatchedLayer
  /// The picture's channels as the first convolution meets them: scale · x.
  private(set) var inputScale: [Float] = [1, 1, 1]

  struct Level {
    /// On the way down.
    var down: [MatchedLayer]
    /// On the way up; empty for the lowest level.
    var expanding: [MatchedLayer] = []
    var up: MatchedLayer?
    /// The operation whose result is the skip, and whether it comes first in the concatenation.
    var skip = 0
    var isSkipFirst = true
  }

  /// - Throws: `Unmappable` naming the first node, from the output on, that a U-Net does not have there.
  init(_ operations: [Operation], output: Operation.Input) throws(Unmappable) {
    self.operations = operations
    var source = output
    while case .decision = operations[source.operation].kind { source = operations[source.operation].inputs[0] }
    head = try MatchedLayer(operations, endingAt: source)
    try head.require(side: 1, stride: 1, isRectified: false, as: "the head, a 1×1 convolution without ReLU")
    var next = head.input
    while let level = try expandingLevel(endingAt: next) {
      levels.append(level.level)
      next = level.below
    }
    let (lowest, above) = try pair(endingAt: next)
    levels.append(Level(down: lowest))
    try matchContractingPath(from: above)
  }

  /// Two convolutions over a concatenation, and what it joins; nil when they read something else.
  private func expandingLevel(
    endingAt end: Operation.Input
  ) throws(Unmappable) -> (level: Level, below: Operation.Input)? {
    let (convolutions, joint) = try pair(endingAt: end)
    let operation = operations[joint.operation]
    guard case .concatenation = operation.kind else { return nil }
    guard operation.inputs.count == 2, joint.change == .none else {
      throw Unmappable(
        operation.label,
        "it joins \(operation.inputs.count) activations; Verge's U-Net joins the skip and the enlarged one")
    }
    let ways = operation.inputs.map { isEnlarged($0) }
    guard ways[0] != ways[1] else {
      throw Unmappable(
        operation.label,
        ways[0]
          ? "both of what it joins are enlarged; a skip comes as it is from the way down"
          : "nothing of what it joins comes from a transposed convolution, or from an enlargement and a convolution")
    }
    let (skip, below) =
      ways[0] ? (operation.inputs[1], operation.inputs[0]) : (operation.inputs[0], operation.inputs[1])
    guard skip.change == .none else {
      throw Unmappable(operation.label, "its skip is cropped or padded; Verge's U-Net joins it whole")
    }
    let up = try MatchedLayer(operations, endingAt: below)
    let level = Level(down: [], expanding: convolutions, up: up, skip: skip.operation, isSkipFirst: ways[1])
    // Where it reads pixels that became four, `enlargement` makes sure of that.
    return (level, Operation.Input(operation: up.input.operation, change: .none))
  }

  /// Whether an activation comes from an enlarging layer: behind norms and a ReLU, or right away.
  private func isEnlarged(_ input: Operation.Input) -> Bool {
    var input = input
    while input.change != .doubled {
      let operation = operations[input.operation]
      switch operation.kind {
      case .transposed: return true
      case .convolution: return operation.inputs[0].change == .doubled
      case .relu, .norm, .affine: input = operation.inputs[0]
      default: return false
      }
    }
    return true
  }

  /// Two 3×3 convolutions, the first one first, and what they read.
  private func pair(endingAt end: Operation.Input) throws(Unmappable) -> ([MatchedLayer], Operation.Input) {
    let second = try MatchedLayer(operations, endingAt: end)
    try second.require(side: 3, stride: 1, isRectified: true, as: "the second 3×3 convolution of a level")
    let first = try MatchedLayer(operations, endingAt: second.input)
    try first.require(side: 3, stride: 1, isRectified: true, as: "the first 3×3 convolution of a level")
    return ([first, second], first.input)
  }

  private mutating func matchContractingPath(from lowest: Operation.Input) throws(Unmappable) {
    var above = lowest
    for level in levels.indices.dropLast().reversed() {
      let pool = operations[above.operation]
      guard case .maxPool = pool.kind, above.change == .none else {
        throw Unmappable(
          pool.label, "a 2×2 maximum belongs here, below level \(level); Verge's U-Net has two convolutions per level")
      }
      guard pool.inputs[0].operation == levels[level].skip else {
        throw Unmappable(pool.label, "it takes the maximum of another activation than level \(level)'s skip")
      }
      (levels[level].down, above) = try pair(endingAt: pool.inputs[0])
    }
    try matchStem(from: above)
  }

  private mutating func matchStem(from source: Operation.Input) throws(Unmappable) {
    if try isPicture(source) { return }
    let layer = try MatchedLayer(operations, endingAt: source)
    guard layer.isTransposed || layer.window.side != 3 || layer.window.stride != 1 else {
      throw Unmappable(layer.label, "a third convolution in a row; Verge's U-Net has two 3×3 convolutions per level")
    }
    try layer.require(side: 3, stride: 2, isRectified: true, as: "the stem, a 3×3 convolution of stride 2")
    stem = layer
    guard try isPicture(layer.input) else {
      throw Unmappable(
        operations[layer.input.operation].label,
        "before the stem comes the picture; Verge's U-Net has two convolutions per level")
    }
  }

  /// Whether an activation is the picture, scaled; notes the scale.
  ///
  /// - Throws: `Unmappable` when a constant is added: convolutions pad by zeros after that, which no weights can do.
  private mutating func isPicture(_ input: Operation.Input) throws(Unmappable) -> Bool {
    var (source, scale) = (input, inputScale)
    while true {
      let operation = operations[source.operation]
      guard source.change == .none else { return false }
      switch operation.kind {
      case .picture:
        inputScale = scale
        return true
      case .affine, .norm:
        guard let factors = operation.factors, factors.scale.count == 3, isPictureBehind(operation) else {
          return false
        }
        guard factors.shift.allSatisfy({ $0 == 0 }) else {
          throw Unmappable(
            operation.label,
            "it shifts the picture's values before a convolution that pads by zeros; Verge's pictures are x/255. Train with pictures scaled to 0…1 alone"
          )
        }
        scale = zip(scale, factors.scale).map(*)
        source = operation.inputs[0]
      default: return false
      }
    }
  }

  private func isPictureBehind(_ operation: Operation) -> Bool {
    var operation = operation
    while true {
      switch operation.kind {
      case .picture: return true
      case .affine, .norm: operation = operations[operation.inputs[0].operation]
      default: return false
      }
    }
  }
}
