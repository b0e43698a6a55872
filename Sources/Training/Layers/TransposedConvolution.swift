// Transposed convolution with stride 2, the way up.
import UNet

/// Doubles height and width: `out(2y−p+ky, 2x−p+kx) += weight[ky][kx] · in(y, x)`, plus bias, and a ReLU where it is asked
/// for; p is 0 for a window of 2 and 1 for a window of 4.
///
/// Each output row of one parity a is a sum of products of source rows with single taps, which are contiguous in here:
/// weights are `[k, k, O, I]`; the model file's order is `[O, k, k, I]`.
final class TransposedConvolution: TrainingLayer {
  let name: String
  let source: Activation
  let output: Activation
  let weight, bias: Parameter
  let window: Int
  let isRectified: Bool
  private let parts: FloatBuffer?

  init(_ layer: Layer, source: Activation, layout: inout ParameterLayout, wantsGradient: Bool) {
    name = layer.name
    self.source = source
    (window, isRectified) = (layer.window, layer.isRectified)
    let channels = layer.outputChannels
    let shape = BatchShape(n: source.shape.n, h: 2 * source.shape.h, w: 2 * source.shape.w, c: channels)
    output = Activation(shape, wantsGradient: wantsGradient)
    weight = layout.add("\(name).weight", shape: layer.weightShape, kind: .weight)
    bias = layout.add("\(name).bias", shape: [channels], kind: .offset)
    let shares = shareCount(pixels: source.shape.pixels)
    parts = wantsGradient ? FloatBuffer(count: shares * (weight.count + channels)) : nil
  }

  var multiplyAccumulates: Int { source.shape.pixels * weight.count }

  private var inputs: Int { source.shape.c }
  private var outputs: Int { output.shape.c }
  private var padding: Int { (window - 2) / 2 }

  /// The taps that meet output places of parity `place`, with the source's distance from that place's half.
  private func taps(_ place: Int) -> [(tap: Int, distance: Int)] {
    stride(from: (place + padding) % 2, to: window, by: 2).map { (tap: $0, distance: (place + padding - $0) / 2) }
  }

  private func tap(_ ky: Int, _ kx: Int, in values: UnsafeMutablePointer<Float>) -> Matrix {
    Matrix(values + (ky * window + kx) * outputs * inputs, stride: inputs)
  }

  func forward(_ pass: Pass) {
    let rows = source.shape.n * source.shape.h
    let shares = shareCount(pixels: source.shape.pixels)
    pass.workers.run(shares: shares) { share, _ in
      for row in Workers.range(of: share, shares: shares, count: rows) {
        for a in 0..<2 { makeRow(a, of: row, pass) }
      }
    }
  }

  /// Output row 2y + a of source row y. The source's border makes rows and columns outside of it zeros.
  private func makeRow(_ a: Int, of row: Int, _ pass: Pass) {
    let (n, y) = (row / source.shape.h, row % source.shape.h)
    let target = output.value.row(n, 2 * y + a)
    let offsets = pass.parameters + bias.offset
    for x in 0..<output.shape.w { (target + x * outputs).update(from: offsets, count: outputs) }
    for (ky, dy) in taps(a) {
      for b in 0..<2 {
        for (kx, dx) in taps(b) {
          multiply(
            Matrix(source.value.row(n, y + dy) + dx * inputs, stride: inputs),
            tap(ky, kx, in: pass.parameters + weight.offset).transposed,
            into: Matrix(target + b * outputs, stride: 2 * outputs), m: source.shape.w, n: outputs, k: inputs, beta: 1)
        }
      }
    }
    guard isRectified else { return }
    for i in 0..<(output.shape.w * outputs) { target[i] = max(0, target[i]) }
  }
}

// Gradients.
extension TransposedConvolution {
  func backward(_ pass: Pass) {
    guard let gradient = output.gradient, let parts else { preconditionFailure("\(name) was made for inference") }
    let rows = source.shape.n * source.shape.h
    let shares = shareCount(pixels: source.shape.pixels)
    let size = weight.count + outputs
    if isRectified { close(gradient, pass) }
    pass.workers.run(shares: shares) { share, _ in
      let part = parts.data + share * size
      part.update(repeating: 0, count: size)
      for row in Workers.range(of: share, shares: shares, count: rows) {
        for a in 0..<2 { differentiateWeights(gradient, a, of: row, part: part) }
        if let target = source.gradient { differentiateSource(gradient, row: row, to: target, pass) }
      }
    }
    collect(parts, shares: shares, pass)
    source.hasGradient = true
    output.hasGradient = false
  }

  /// Zero where the ReLU gave zero.
  private func close(_ gradient: BatchTensor, _ pass: Pass) {
    let rows = output.shape.n * output.shape.h
    let shares = min(rows, 16)
    pass.workers.run(shares: shares) { share, _ in
      for row in Workers.range(of: share, shares: shares, count: rows) {
        let (values, slopes) = (output.value.row(row), gradient.row(row))
        for i in 0..<(output.shape.w * outputs) where values[i] <= 0 { slopes[i] = 0 }
      }
    }
  }

  /// Adds what output row 2y + a tells of weights and bias.
  private func differentiateWeights(_ gradient: BatchTensor, _ a: Int, of row: Int, part: UnsafeMutablePointer<Float>) {
    let (n, y) = (row / source.shape.h, row % source.shape.h)
    let slopes = gradient.row(n, 2 * y + a)
    for (ky, dy) in taps(a) {
      for b in 0..<2 {
        for (kx, dx) in taps(b) {
          multiply(
            Matrix(slopes + b * outputs, stride: 2 * outputs).transposed,
            Matrix(source.value.row(n, y + dy) + dx * inputs, stride: inputs), into: tap(ky, kx, in: part), m: outputs,
            n: inputs, k: source.shape.w, beta: 1)
        }
      }
    }
    let (from, sums, groups) = (lanes(slopes), lanes(part + weight.count), outputs / 8)
    for i in 0..<(output.shape.w * groups) { sums[i % groups] += from[i] }
  }

  /// The gradient of source row y: a convolution of stride 2 over the output's, which has no border.
  private func differentiateSource(_ gradient: BatchTensor, row: Int, to target: BatchTensor, _ pass: Pass) {
    let (n, y, width) = (row / source.shape.h, row % source.shape.h, source.shape.w)
    let sum = target.row(row)
    if !source.hasGradient { sum.update(repeating: 0, count: width * inputs) }
    for ky in 0..<window where (0..<output.shape.h).contains(2 * y - padding + ky) {
      let slopes = gradient.row(n, 2 * y - padding + ky)
      for kx in 0..<window {
        let columns = (0..<width).filter { (0..<output.shape.w).contains(2 * $0 - padding + kx) }
        guard let first = columns.first else { continue }
        multiply(
          Matrix(slopes + (2 * first - padding + kx) * outputs, stride: 2 * outputs),
          tap(ky, kx, in: pass.parameters + weight.offset), into: Matrix(sum + first * inputs, stride: inputs),
          m: columns.count, n: inputs, k: outputs, beta: 1)
      }
    }
  }

  private func collect(_ parts: FloatBuffer, shares: Int, _ pass: Pass) {
    let size = weight.count + outputs
    let (weights, offsets) = (pass.gradients + weight.offset, pass.gradients + bias.offset)
    weights.update(repeating: 0, count: weight.count)
    offsets.update(repeating: 0, count: outputs)
    for share in 0..<shares {
      let part = parts.data + share * size
      for i in 0..<weight.count { weights[i] += part[i] }
      for i in 0..<outputs { offsets[i] += part[weight.count + i] }
    }
  }
}
