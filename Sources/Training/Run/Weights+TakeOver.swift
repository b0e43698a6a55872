// Starting from another model's weights.
import UNet

extension Weights {
  /// Takes over from `model` every layer of equal shape, and the head's rows of classes that mean the same.
  ///
  /// - Parameter architecture: of these weights.
  /// - Returns: how much that was.
  /// - Throws: what `Meanings.load` throws.
  @discardableResult
  mutating func takeOver(_ model: Model, architecture: Architecture) throws(TrainingError) -> TakenOver {
    var taken = TakenOver(model: model.name, layers: 0, classes: [])
    for layer in architecture.layers where layer.name != Architecture.headName {
      guard let known = model.weights[layer.name], known.weight.shape == layer.weightShape else { continue }
      self[layer.name] = known
      taken.layers += 1
    }
    guard let source = model.weights[Architecture.headName], var head = self[Architecture.headName],
      source.weight.shape[3] == head.weight.shape[3]
    else { return taken }
    let channels = head.weight.shape[3]
    let names = architecture.classes.map(\.name)
    let rows = try Meanings.load().equals(of: names, in: model.architecture.classes.map(\.name))
    for (row, from) in rows.enumerated() {
      guard let from else { continue }
      head.weight.values.replaceSubrange(
        row * channels..<(row + 1) * channels, with: source.weight.values[from * channels..<(from + 1) * channels])
      if let bias = source.bias { head.bias?[row] = bias[from] }
      taken.classes.append(names[row])
    }
    self[Architecture.headName] = head
    return taken
  }
}

/// What a network starts with of another model.
struct TakenOver {
  let model: String
  /// Without the head.
  var layers: Int
  /// Whose rows of the head were taken.
  var classes: [String]
}
