// A recognised network as an architecture and weights.
import UNet

extension NetworkMatcher {
  /// Widths of the levels, full resolution first.
  var widths: [Int] { levels.map { $0.down[0].window.outputs } }

  /// Whether a single logit decides between two classes.
  var isBinary: Bool { head.window.outputs == 1 }

  var classCount: Int { isBinary ? 2 : head.window.outputs }

  /// What the graph's input has where ours has 1: 255 where it divides the picture by that itself.
  var inputRange: Float { inputScale.allSatisfy { abs($0) < 0.02 } ? 255 : 1 }

  /// - Throws: `Unmappable` for an architecture that no network of Verge's has.
  func architecture(classes: [PixelClass]) throws(Unmappable) -> Architecture {
    guard classes.count == classCount else {
      throw Unmappable(head.label, "it tells \(classCount) classes apart; \(classes.count) were named")
    }
    let up = try upsampling()
    do throws(ModelError) {
      return try Architecture(stem: stem == nil ? 1 : 2, widths: widths, up: up, classes: classes)
    } catch {
      throw Unmappable("", "\(error)")
    }
  }

  /// - Throws: `Unmappable` when levels do not agree in their ways up.
  private func upsampling() throws(Unmappable) -> Upsampling {
    let ways = levels.compactMap(\.up)
    guard let first = ways.first else { return .standard }
    if let other = ways.first(where: { $0.isRectified != first.isRectified }) {
      throw Unmappable(
        other.label, "a ReLU follows it on one level and not on another; Verge's U-Net has it everywhere or nowhere")
    }
    var window = 2
    for way in ways where try !way.enlargement().isSmall { window = 4 }
    return Upsampling(window: window, isRectified: first.isRectified)
  }

  /// The weights by layer name, for pictures in 0…1.
  ///
  /// - Parameter inputRange: what the graph's input has where ours has 1.
  /// - Throws: `Unmappable` naming a layer whose channels are not those of its level.
  func weights(_ architecture: Architecture, inputRange: Float) throws(Unmappable) -> Weights {
    var layers: [String: LayerWeights] = [:]
    let factors = inputScale.map { $0 * inputRange }
    if let stem { layers["stem"] = try stem.weights(scaledBy: factors) }
    for (index, level) in levels.enumerated() {
      let isFirst = index == 0 && stem == nil
      layers["down\(index).conv0"] = try level.down[0].weights(scaledBy: isFirst ? factors : nil)
      layers["down\(index).conv1"] = try level.down[1].weights()
      guard let up = level.up else { continue }
      layers["up\(index).transpose"] = try up.upWeights(window: architecture.up.window)
      layers["up\(index).conv0"] = try level.expanding[0].weights(rotatedBy: level.isSkipFirst ? 0 : up.window.outputs)
      layers["up\(index).conv1"] = try level.expanding[1].weights()
    }
    layers[Architecture.headName] = try headWeights()
    try checkChannels(architecture)
    // Norms are kept where all convolutions have one: training goes on with them or without, not with some.
    let isNormed = architecture.layers.allSatisfy { !$0.hasNorm || layers[$0.name]?.norm != nil }
    let weights = Weights(layers: layers)
    return isNormed ? weights : weights.folded()
  }

  private func headWeights() throws(Unmappable) -> LayerWeights {
    var weights = try head.weights().folded()
    guard isBinary else { return weights }
    // One logit z against 0: the second class wins where z > 0, which is where the sigmoid is above one half.
    let channels = weights.weight.values.count
    weights.weight = FloatTensor(
      shape: [2, 1, 1, channels], values: [Float](repeating: 0, count: channels) + weights.weight.values)
    weights.bias = [0] + (weights.bias ?? [0])
    return weights
  }

  private func checkChannels(_ architecture: Architecture) throws(Unmappable) {
    var matched: [(name: String, layer: MatchedLayer)] = stem.map { [("stem", $0)] } ?? []
    for (index, level) in levels.enumerated() {
      for (number, layer) in level.down.enumerated() { matched.append(("down\(index).conv\(number)", layer)) }
      if let up = level.up { matched.append(("up\(index).transpose", up)) }
      for (number, layer) in level.expanding.enumerated() { matched.append(("up\(index).conv\(number)", layer)) }
    }
    for (name, layer) in matched {
      guard let own = architecture.layer(named: name) else { continue }
      guard layer.window.outputs == own.outputChannels, layer.window.inputs == own.inputChannels else {
        throw Unmappable(
          layer.label,
          "\(layer.window.inputs) to \(layer.window.outputs) channels; in Verge's U-Net of widths \(widths) it has \(own.inputChannels) to \(own.outputChannels)"
        )
      }
    }
  }
}
