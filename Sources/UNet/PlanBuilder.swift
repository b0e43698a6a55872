// Layer by layer into steps and activations.
import Tensors

/// Collects the steps of an `Int8Plan`. Step 0 of a lifetime is the writing of the picture; layer n runs at step n + 1.
struct PlanBuilder {
  private let quantized: QuantizedWeights
  private let inputSize: InputSize
  private let kernels: Kernels
  private(set) var steps: [Int8Plan.Step] = []
  private(set) var activations: [Int8Plan.Activation] = []
  /// Index of each activation; pooled ones apart.
  private var indices: [Layer.Source: Int] = [:]

  init(_ architecture: Architecture, _ quantized: QuantizedWeights, _ inputSize: InputSize, _ kernels: Kernels) {
    self.quantized = quantized
    self.inputSize = inputSize
    self.kernels = kernels
    let picture = Layer.Source(
      name: Architecture.inputName, pooled: false, channels: Architecture.inputChannels)
    _ = add(picture, inputSize, step: 0)
  }

  mutating func append(_ layer: Layer) {
    let step = steps.count + 1
    let sources = layer.sources.map { read($0, step: step) }
    let size = layer.outputSize(inputSize)
    let output = Layer.Source(name: layer.name, pooled: false, channels: layer.outputChannels)
    let pooled = Layer.Source(name: layer.name, pooled: true, channels: layer.outputChannels)
    let half = InputSize(height: size.height / 2, width: size.width / 2)
    steps.append(
      Int8Plan.Step(
        layer: layer, work: pack(layer), sources: sources,
        output: layer.kind == .head1x1 ? nil : add(output, size, step: step),
        pooled: layer.isPooled ? add(pooled, half, step: step) : nil))
  }

  private mutating func add(_ source: Layer.Source, _ size: InputSize, step: Int) -> Int {
    guard let quantization = quantized.activations[source.name] else {
      preconditionFailure("a checked model has a scale for \(source.name)")
    }
    let shape = Shape(height: size.height, width: size.width, channels: source.channels)
    let name = source.pooled ? source.name + " pooled" : source.name
    activations.append(.init(name: name, shape: shape, quantization: quantization, lifetime: step...step))
    indices[source] = activations.count - 1
    return activations.count - 1
  }

  /// Keeps the activation alive up to `step`.
  private mutating func read(_ source: Layer.Source, step: Int) -> Int {
    guard let index = indices[source] else { preconditionFailure("\(source.name) is read before it is written") }
    activations[index].lifetime = activations[index].lifetime.lowerBound...step
    return index
  }

  private func pack(_ layer: Layer) -> Int8Plan.Step.Work {
    guard let values = quantized.layers[layer.name] else { preconditionFailure("a checked model has \(layer.name)") }
    let (weights, bias, multiplier) = (values.weight, values.bias, values.multiplier)
    switch layer.kind {
    case .conv3x3(let stride):
      if let winograd = values.winograd {
        return .winograd(
          kernels.packWinograd3x3(
            weights: weights, bias: bias, multiplier: multiplier, inputChannels: layer.sources.map(\.channels),
            scales: winograd.sources))
      }
      let packed = kernels.packConvolution3x3(
        weights: weights, bias: bias, multiplier: multiplier, inputChannels: layer.sources.map(\.channels))
      return .convolution(packed, stride: stride)
    case .transpose:
      return .transpose(
        kernels.packUpconvolution(
          weights: weights, bias: bias, multiplier: multiplier, inputChannels: layer.inputChannels,
          window: layer.window))
    case .head1x1:
      return .head(
        kernels.packHead(weights: weights, bias: bias, multiplier: multiplier, inputChannels: layer.inputChannels))
    }
  }
}
