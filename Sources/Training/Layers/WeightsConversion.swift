// Between the model's weights and training's run of parameters.
import UNet

extension ParameterLayout {
  /// Writes a model's weights to `values`.
  ///
  /// A folded norm becomes one that does nothing but add the bias, so that a folded model can be trained further.
  /// - Throws: `TrainingError.classes` when a layer is missing or has another shape.
  func load(_ weights: Weights, into values: UnsafeMutablePointer<Float>) throws(TrainingError) {
    for parameter in parameters {
      let name = LayerPart(parameter.name)
      guard let layer = weights[name.layer] else { throw .classes("the model has no layer \(name.layer)") }
      let numbers = name.numbers(in: layer, count: parameter.shape[0])
      guard numbers.count == parameter.count else {
        throw .classes("\(parameter.name) has \(numbers.count) values in the model, not \(parameter.count)")
      }
      let ordered = name.isTransposeWeight ? tapsFirst(numbers, shape: parameter.shape) : numbers
      for (i, number) in ordered.enumerated() { values[parameter.offset + i] = number }
    }
  }

  /// The model's weights from `values`.
  func weights(from values: UnsafePointer<Float>) -> Weights {
    var layers: [String: LayerWeights] = [:]
    for parameter in parameters where parameter.name.hasSuffix(".weight") {
      let layer = LayerPart(parameter.name).layer
      let raw = numbers(parameter, values)
      let ordered = LayerPart(parameter.name).isTransposeWeight ? tapsLast(raw, shape: parameter.shape) : raw
      var entry = LayerWeights(weight: FloatTensor(shape: parameter.shape, values: ordered))
      if let bias = self["\(layer).bias"] { entry.bias = numbers(bias, values) }
      if let scale = self["\(layer).norm.scale"], let shift = self["\(layer).norm.shift"],
        let mean = self["\(layer).norm.mean"], let variance = self["\(layer).norm.variance"]
      {
        entry.norm = BatchNorm(
          scale: numbers(scale, values), shift: numbers(shift, values), mean: numbers(mean, values),
          variance: numbers(variance, values))
      }
      layers[layer] = entry
    }
    return Weights(layers: layers)
  }

  private func numbers(_ parameter: Parameter, _ values: UnsafePointer<Float>) -> [Float] {
    Array(UnsafeBufferPointer(start: values + parameter.offset, count: parameter.count))
  }

  /// `[O, k, k, I]` to `[k, k, O, I]`.
  private func tapsFirst(_ numbers: [Float], shape: [Int]) -> [Float] {
    let (outputs, taps, inputs) = (shape[0], shape[1] * shape[2], shape[3])
    var result: [Float] = []
    result.reserveCapacity(numbers.count)
    for tap in 0..<taps {
      for o in 0..<outputs { result += numbers[((o * taps + tap) * inputs)..<((o * taps + tap + 1) * inputs)] }
    }
    return result
  }

  /// `[k, k, O, I]` to `[O, k, k, I]`.
  private func tapsLast(_ numbers: [Float], shape: [Int]) -> [Float] {
    let (outputs, taps, inputs) = (shape[0], shape[1] * shape[2], shape[3])
    var result: [Float] = []
    result.reserveCapacity(numbers.count)
    for o in 0..<outputs {
      for tap in 0..<taps {
        result += numbers[((tap * outputs + o) * inputs)..<((tap * outputs + o + 1) * inputs)]
      }
    }
    return result
  }
}

/// A parameter's name taken apart: layer, and which of its tensors.
private struct LayerPart {
  let layer: String
  let part: String

  init(_ name: String) {
    let parts = ["weight", "bias", "norm.scale", "norm.shift", "norm.mean", "norm.variance"]
    part = parts.first { name.hasSuffix("." + $0) } ?? ""
    layer = String(name.dropLast(part.count + 1))
  }

  var isTransposeWeight: Bool { part == "weight" && layer.hasSuffix(".transpose") }

  func numbers(in weights: LayerWeights, count: Int) -> [Float] {
    switch part {
    case "weight": weights.weight.values
    case "bias": weights.bias ?? []
    case "norm.scale": weights.norm?.scale ?? [Float](repeating: 1, count: count)
    case "norm.shift": weights.norm?.shift ?? weights.bias ?? []
    case "norm.mean": weights.norm?.mean ?? [Float](repeating: 0, count: count)
    // 1/√(variance + ε) is then 1.
    default: weights.norm?.variance ?? [Float](repeating: 1 - BatchNorm.epsilon, count: count)
    }
  }
}
