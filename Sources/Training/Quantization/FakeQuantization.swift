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

  /// Rounds one layer's weights to what their integers stand for.
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
      Self.round(rows, steps: steps, bias: bias.map { values[$0.offset + o] } ?? 0)
    }
  }

  /// Rounds one output channel: `rows` are its taps, `[I]` each.
  private static func round(_ rows: [UnsafeMutablePointer<Float>], steps: [Float], bias: Float) {
    var largest: Float = 0
    for row in rows {
      for (i, step) in steps.enumerated() { largest = max(largest, abs(row[i]) * step) }
    }
    let unit = Quantizer.unit(largest: largest, bias: bias)
    for row in rows {
      for (i, step) in steps.enumerated() {
        row[i] = min(max((row[i] * step / unit).rounded(.toNearestOrEven), -127), 127) * unit / step
      }
    }
  }

  /// Rounds an activation to its codes.
  func round(_ name: String, _ tensor: BatchTensor, workers: Workers) {
    guard let scale = activations[name] else { return }
    let (step, inverse) = (Lanes(repeating: scale.scale), Lanes(repeating: 1 / scale.scale))
    let low = Lanes(repeating: -Float(scale.zeroPoint))
    let high = Lanes(repeating: 255 - Float(scale.zeroPoint))
    let (rows, lanesOfRow) = (tensor.shape.n * tensor.shape.h, tensor.shape.w * tensor.shape.c / 8)
    let shares = min(rows, 16)
    workers.run(shares: shares) { share, _ in
      for r in Workers.range(of: share, shares: shares, count: rows) {
        let row = lanes(tensor.row(r))
        for i in 0..<lanesOfRow {
          let code = (row[i] * inverse).rounded(.toNearestOrEven)
          row[i] = code.clamped(lowerBound: low, upperBound: high) * step
        }
      }
    }
  }

  /// Zeroes the gradient where the codes end: a value beyond them cannot change what comes out.
  ///
  /// - Parameters:
  ///   - value: after `round`; what it brought to an end counts as beyond.
  ///   - gradient: by `value`.
  func clip(_ name: String, _ gradient: BatchTensor, value: BatchTensor, workers: Workers) {
    guard let scale = activations[name] else { return }
    let high = Lanes(repeating: (254.5 - Float(scale.zeroPoint)) * scale.scale)
    // After a ReLU the lower end is its own affair.
    let low = Lanes(repeating: scale.zeroPoint == 0 ? -1 : (0.5 - Float(scale.zeroPoint)) * scale.scale)
    let (rows, lanesOfRow) = (value.shape.n * value.shape.h, value.shape.w * value.shape.c / 8)
    let shares = min(rows, 16)
    workers.run(shares: shares) { share, _ in
      for r in Workers.range(of: share, shares: shares, count: rows) {
        let (values, slopes) = (lanes(value.row(r)), lanes(gradient.row(r)))
        for i in 0..<lanesOfRow {
          slopes[i] = slopes[i].replacing(with: 0, where: (values[i] .> high) .| (values[i] .< low))
        }
      }
    }
  }
}
