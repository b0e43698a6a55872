// Starting from another model's weights.
import UNet

extension Weights {
  /// Takes over from `model` every layer of equal shape, and the head's rows of classes with equal names.
  ///
  /// - Parameter architecture: of these weights.
  mutating func takeOver(_ model: Model, architecture: Architecture) {
    for layer in architecture.layers where layer.name != Architecture.headName {
      guard let known = model.weights[layer.name], known.weight.shape == layer.weightShape else { continue }
      self[layer.name] = known
    }
    guard let source = model.weights[Architecture.headName], var head = self[Architecture.headName],
      source.weight.shape[3] == head.weight.shape[3]
    else { return }
    let channels = head.weight.shape[3]
    for (row, entry) in architecture.classes.enumerated() {
      guard let from = model.architecture.classes.firstIndex(where: { $0.name == entry.name }) else { continue }
      head.weight.values.replaceSubrange(
        row * channels..<(row + 1) * channels, with: source.weight.values[from * channels..<(from + 1) * channels])
      if let bias = source.bias { head.bias?[row] = bias[from] }
    }
    self[Architecture.headName] = head
  }
}
