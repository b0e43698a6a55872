// What 8 bits do to weights and activations, simulated in floats.
import Tensors
import UNet

/// The roundings of one integer network, for a float network to feel: weights per output channel, activations per tensor.
///
/// The same numbers as `Quantizer` makes for direct layers; layers in the transform domain round a little differently.
struct FakeQuantization {
  let architecture: Architecture
  /// By activation, `input` included.
  let activations: [String: Quantization]

  /// Rounds one layer's weights and biases to what their integers stand for.
  ///
  /// - Parameter values: a network's parameters in `layout`; norms must do nothing.
  func roundWeights(of layer: Layer, _ layout: ParameterLayout, in values: UnsafeMutablePointer<Float>) {
    guard let weight = layout["\(layer.name).weight"] else { return }
    let steps = layer.sources.flatMap { source in
      [Float](repeating: activations[source.name]?.scale ?? 1, count: source.channels)
    }
    let (outputs, taps) = (layer.outputChannels, layer.window * layer.window)
    let bias = layout["\(layer.name).norm.shift"] ?? layout["\(layer.name).bias"]
    var tapsFirst = false
    if case .transpose = layer.kind { tapsFirst = true }
    for o in 0..<outputs {
      let rows = (0..<taps).map { tap in
        values + weight.offset + (tapsFirst ? tap * outputs + o : o * taps + tap) * steps.count
      }
      Self.round(rows, steps: steps, bias: bias.map { values + $0.offset + o })
    }
  }

  /// Rounds one output channel: `rows` are its taps, `[I]` each.
  private static func round(
    _ rows: [UnsafeMutablePointer<Float>], steps: [Float], bias: UnsafeMutablePointer<Float>?
  ) {
    var largest: Float = 0
    for row in rows {
      for (i, step) in steps.enumerated() { largest = max(largest, abs(row[i]) * step) }
    }
    let unit = Quantizer.unit(largest: largest, bias: bias?.pointee ?? 0)
    if let bias { bias.pointee = Float((Double(bias.pointee) / Double(unit)).rounded(.toNearestOrEven) * Double(unit)) }
    for row in rows {
      for (i, step) in steps.enumerated() {
        row[i] = min(max((row[i] * step / unit).rounded(.toNearestOrEven), -127), 127) * unit / step
      }
    }
  }

  /// Rounds what a layer has just written to its codes.
  func roundOutput(of layer: any TrainingLayer, workers: Workers) {
    guard let scale = activations[layer.name] else { return }
    // The maximum of rounded values is the rounded maximum.
    for activation in [layer.written, layer.writtenMaximum].compactMap(\.self) {
      round(activation.value, scale, workers: workers)
    }
  }

  private func round(_ tensor: BatchTensor, _ scale: Quantization, workers: Workers) {
    let (step, inverse) = (Lanes(repeating: scale.scale), Lanes(repeating: 1 / scale.scale))
    let low = Lanes(repeating: -Float(scale.zeroPoint))
    let high = Lanes(repeating: 255 - Float(scale.zeroPoint))
    forEachRow(tensor.shape, workers) { r in
      let row = lanes(tensor.row(r))
      for i in 0..<(tensor.shape.w * tensor.shape.c / 8) {
        let code = (row[i] * inverse).rounded(.toNearestOrEven)
        row[i] = code.clamped(lowerBound: low, upperBound: high) * step
      }
    }
  }

  /// Zeroes the gradient by a layer's output where the output was clipped, right before the layer's backward pass.
  func clip(_ layer: any TrainingLayer, workers: Workers) {
    guard let scale = activations[layer.name], let gradient = layer.written?.gradient else { return }
    let low = scale.scale * (-0.5 - Float(scale.zeroPoint))
    let high = scale.scale * (255.5 - Float(scale.zeroPoint))
    switch layer {
    case let block as ConvolutionBlock:
      // After a ReLU the lower end is the norm's own affair.
      clip(gradient, where: block.result, block.norm, above: high, workers: workers)
    case let up as TransposedConvolution:
      clip(gradient, where: up.output.value, outside: (low + scale.scale)...(high - scale.scale), workers: workers)
    default: return
    }
  }

  /// By what enters the ReLU: a convolution's result times the norm's factor plus its addend.
  private func clip(
    _ gradient: BatchTensor, where result: BatchTensor, _ norm: ChannelNorm, above limit: Float, workers: Workers
  ) {
    let groups = gradient.shape.c / 8
    let (factors, addends) = (lanes(norm.factor.data), lanes(norm.addend.data))
    forEachRow(gradient.shape, workers) { r in
      let (values, slopes) = (lanes(result.row(r)), lanes(gradient.row(r)))
      for i in 0..<(gradient.shape.w * groups) {
        let isClipped = values[i] * factors[i % groups] + addends[i % groups] .> limit
        slopes[i] = slopes[i].replacing(with: 0, where: isClipped)
      }
    }
  }

  /// By values that were rounded already: those at an end count as beyond it.
  private func clip(
    _ gradient: BatchTensor, where value: BatchTensor, outside range: ClosedRange<Float>, workers: Workers
  ) {
    forEachRow(gradient.shape, workers) { r in
      let (values, slopes) = (lanes(value.row(r)), lanes(gradient.row(r)))
      for i in 0..<(gradient.shape.w * gradient.shape.c / 8) {
        let isClipped = (values[i] .> range.upperBound) .| (values[i] .< range.lowerBound)
        slopes[i] = slopes[i].replacing(with: 0, where: isClipped)
      }
    }
  }

  private func forEachRow(_ shape: BatchShape, _ workers: Workers, _ body: (Int) -> Void) {
    let rows = shape.n * shape.h
    let shares = min(rows, 16)
    workers.run(shares: shares) { share, _ in
      for r in Workers.range(of: share, shares: shares, count: rows) { body(r) }
    }
  }
}
