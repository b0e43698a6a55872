// How far each layer follows the optimiser.

/// Factors on the rate by layer, from an optimiser's recipe; 0 is frozen.
struct LayerRates: Sendable {
  private let factors: [String: Double]
  /// Layers that stay as they are, their norms' statistics too.
  let frozen: Set<String>

  /// - Parameter layout: of the network; its layers come in the order they run, the head last.
  /// - Throws: `TrainingError.setting` for a choice of `freeze` that fits no layer, or when nothing is left to train.
  init(_ recipe: OptimizerRecipe, layout: ParameterLayout) throws(TrainingError) {
    let layers = layout.parameters.reduce(into: [String]()) { names, parameter in
      if names.last != parameter.layer { names.append(parameter.layer) }
    }
    frozen = try LayerRates.chosen(recipe.freeze, of: layers)
    guard frozen.count < layers.count else {
      throw .setting(name: "optimizer.freeze", reason: "leaves no layer to train")
    }
    var factors: [String: Double] = [:]
    var depth = 1.0
    for (place, layer) in layers.reversed().enumerated() {
      factors[layer] = frozen.contains(layer) ? 0 : place == 0 ? 1 : recipe.bodyRate * depth
      depth *= recipe.depthRate
    }
    self.factors = factors
  }

  /// The factor for a layer's parameters.
  subscript(layer: String) -> Double { factors[layer] ?? 1 }

  private static func chosen(_ choices: [String], of layers: [String]) throws(TrainingError) -> Set<String> {
    var result: Set<String> = []
    for choice in choices {
      let fitting = layers.filter { fits($0, choice) }
      guard !fitting.isEmpty else {
        throw .setting(
          name: "optimizer.freeze",
          reason: "has '\(choice)', which is no layer; write contracting, expanding, body, a pattern such as down0*, "
            + "or one of \(layers.joined(separator: ", "))")
      }
      result.formUnion(fitting)
    }
    return result
  }

  private static func fits(_ layer: String, _ choice: String) -> Bool {
    switch choice {
    case "contracting": layer == "stem" || layer.hasPrefix("down")
    case "expanding": layer.hasPrefix("up")
    case "body": layer != "head"
    default: matches(Substring(layer), Substring(choice))
    }
  }

  /// Whether `text` is `pattern`, in which * stands for any run of letters.
  private static func matches(_ text: Substring, _ pattern: Substring) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    if first == "*" {
      return matches(text, pattern.dropFirst()) || (!text.isEmpty && matches(text.dropFirst(), pattern))
    }
    return text.first == first && matches(text.dropFirst(), pattern.dropFirst())
  }
}

extension Parameter {
  /// The layer that it belongs to: its name without `.weight`, `.bias` or `.norm.…`.
  var layer: String {
    let parts = name.split(separator: ".")
    return parts.dropLast(parts.dropLast().last == "norm" ? 2 : 1).joined(separator: ".")
  }
}
