// 2×2 transposed convolution with stride 2, the way up.

/// Doubles height and width: `out(2y+a, 2x+b) = weight[a][b] · in(y, x) + bias`, no norm, no ReLU.
///
/// In here weights are `[2, 2, O, I]`, so that a product's row holds the four output pixels one after the other; the model
/// file's order is `[O, 2, 2, I]`.
final class TransposedConvolution: TrainingLayer {
  let name: String
  let source: Activation
  let output: Activation
  let weight, bias: Parameter
  private let parts: FloatBuffer?

  init(name: String, source: Activation, channels: Int, layout: inout ParameterLayout, wantsGradient: Bool) {
    self.name = name
    self.source = source
    let shape = BatchShape(n: source.shape.n, h: 2 * source.shape.h, w: 2 * source.shape.w, c: channels)
    output = Activation(shape, wantsGradient: wantsGradient)
    weight = layout.add("\(name).weight", shape: [channels, 2, 2, source.shape.c], kind: .weight)
    bias = layout.add("\(name).bias", shape: [channels], kind: .offset)
    let shares = shareCount(pixels: source.shape.pixels)
    parts = wantsGradient ? FloatBuffer(count: shares * (weight.count + channels)) : nil
  }

  var multiplyAccumulates: Int { source.shape.pixels * weight.count }

  private var inputs: Int { source.shape.c }
  private var outputs: Int { output.shape.c }

  func forward(_ pass: Pass) {
    let width = source.shape.w
    let rows = source.shape.n * source.shape.h
    let shares = shareCount(pixels: source.shape.pixels)
    pass.workers.run(shares: shares, floats: 4 * outputs * width) { share, blocks in
      for row in Workers.range(of: share, shares: shares, count: rows) {
        multiply(
          Matrix(source.value.row(row), stride: inputs),
          Matrix(pass.parameters + weight.offset, stride: inputs).transposed,
          into: Matrix(blocks, stride: 4 * outputs), m: width, n: 4 * outputs, k: inputs)
        spread(blocks, row: row, bias: lanes(pass.parameters + bias.offset))
      }
    }
  }

  /// From `[w, 2, 2, O]` blocks to two rows of the output, with the bias.
  private func spread(_ blocks: UnsafeMutablePointer<Float>, row: Int, bias: UnsafeMutablePointer<Lanes>) {
    let groups = outputs / 8
    for a in 0..<2 {
      let target = lanes(output.value.row(2 * row + a))
      for x in 0..<source.shape.w {
        let from = lanes(blocks) + (4 * x + 2 * a) * groups
        for i in 0..<(2 * groups) { target[2 * x * groups + i] = from[i] + bias[i % groups] }
      }
    }
  }

  func backward(_ pass: Pass) {
    guard let gradient = output.gradient, let parts else { preconditionFailure("\(name) was made for inference") }
    let width = source.shape.w
    let rows = source.shape.n * source.shape.h
    let shares = shareCount(pixels: source.shape.pixels)
    let size = weight.count + outputs
    pass.workers.run(shares: shares, floats: 4 * outputs * width) { share, blocks in
      let part = parts.data + share * size
      part.update(repeating: 0, count: size)
      for row in Workers.range(of: share, shares: shares, count: rows) {
        gather(gradient, row: row, to: blocks, bias: lanes(part + weight.count))
        differentiate(blocks, row: row, width: width, part: part, pass)
      }
    }
    collect(parts, shares: shares, pass)
    source.hasGradient = true
    output.hasGradient = false
  }

  private func differentiate(
    _ blocks: UnsafeMutablePointer<Float>, row: Int, width: Int, part: UnsafeMutablePointer<Float>, _ pass: Pass
  ) {
    let blockMatrix = Matrix(blocks, stride: 4 * outputs)
    multiply(
      blockMatrix.transposed, Matrix(source.value.row(row), stride: inputs), into: Matrix(part, stride: inputs),
      m: 4 * outputs, n: inputs, k: width, beta: 1)
    guard let target = source.gradient else { return }
    multiply(
      blockMatrix, Matrix(pass.parameters + weight.offset, stride: inputs),
      into: Matrix(target.row(row), stride: inputs), m: width, n: inputs, k: 4 * outputs,
      beta: source.hasGradient ? 1 : 0)
  }

  /// From two rows of the output's gradient to `[w, 2, 2, O]` blocks; adds them up for the bias.
  private func gather(
    _ gradient: BatchTensor, row: Int, to blocks: UnsafeMutablePointer<Float>, bias: UnsafeMutablePointer<Lanes>
  ) {
    let groups = outputs / 8
    for a in 0..<2 {
      let from = lanes(gradient.row(2 * row + a))
      for x in 0..<source.shape.w {
        let target = lanes(blocks) + (4 * x + 2 * a) * groups
        for i in 0..<(2 * groups) {
          let value = from[2 * x * groups + i]
          target[i] = value
          bias[i % groups] += value
        }
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
