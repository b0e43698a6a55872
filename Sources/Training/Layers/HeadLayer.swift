// 1×1 convolution from the last activation to one score per class.

/// `logits = weight · in + bias`, f32 compact `[n, h, w, classes]`.
final class HeadLayer: TrainingLayer {
  let name: String
  let source: Activation
  let logits: BatchTensor
  /// By the logits; the loss writes it.
  let gradient: BatchTensor?
  let weight, bias: Parameter
  private let parts: FloatBuffer?

  init(name: String, source: Activation, classes: Int, layout: inout ParameterLayout, wantsGradient: Bool) {
    self.name = name
    self.source = source
    let shape = BatchShape(n: source.shape.n, h: source.shape.h, w: source.shape.w, c: classes)
    logits = BatchTensor(shape)
    gradient = wantsGradient ? BatchTensor(shape) : nil
    weight = layout.add("\(name).weight", shape: [classes, 1, 1, source.shape.c], kind: .weight)
    bias = layout.add("\(name).bias", shape: [classes], kind: .offset)
    let shares = shareCount(pixels: shape.pixels)
    parts = wantsGradient ? FloatBuffer(count: shares * (weight.count + classes)) : nil
  }

  var multiplyAccumulates: Int { source.shape.pixels * weight.count }

  private var inputs: Int { source.shape.c }
  private var classes: Int { logits.shape.c }

  func forward(_ pass: Pass) {
    let rows = source.shape.n * source.shape.h
    let shares = shareCount(pixels: source.shape.pixels)
    let offsets = pass.parameters + bias.offset
    pass.workers.run(shares: shares) { share, _ in
      for row in Workers.range(of: share, shares: shares, count: rows) {
        let target = logits.row(row)
        for x in 0..<source.shape.w { (target + x * classes).update(from: offsets, count: classes) }
        multiply(
          Matrix(source.value.row(row), stride: inputs),
          Matrix(pass.parameters + weight.offset, stride: inputs).transposed,
          into: Matrix(target, stride: classes), m: source.shape.w, n: classes, k: inputs, beta: 1)
      }
    }
  }

  func backward(_ pass: Pass) {
    guard let gradient, let parts else { preconditionFailure("\(name) was made for inference") }
    let rows = source.shape.n * source.shape.h
    let shares = shareCount(pixels: source.shape.pixels)
    let size = weight.count + classes
    pass.workers.run(shares: shares) { share, _ in
      let part = parts.data + share * size
      part.update(repeating: 0, count: size)
      for row in Workers.range(of: share, shares: shares, count: rows) {
        differentiate(gradient.row(row), row: row, part: part, pass)
      }
    }
    let (weights, offsets) = (pass.gradients + weight.offset, pass.gradients + bias.offset)
    for i in 0..<weight.count { weights[i] = (0..<shares).reduce(0) { $0 + parts.data[$1 * size + i] } }
    for i in 0..<classes { offsets[i] = (0..<shares).reduce(0) { $0 + parts.data[$1 * size + weight.count + i] } }
    source.hasGradient = true
  }

  private func differentiate(
    _ gradient: UnsafeMutablePointer<Float>, row: Int, part: UnsafeMutablePointer<Float>, _ pass: Pass
  ) {
    let width = source.shape.w
    let rowMatrix = Matrix(gradient, stride: classes)
    multiply(
      rowMatrix.transposed, Matrix(source.value.row(row), stride: inputs), into: Matrix(part, stride: inputs),
      m: classes, n: inputs, k: width, beta: 1)
    for x in 0..<width {
      for c in 0..<classes { part[weight.count + c] += gradient[x * classes + c] }
    }
    guard let target = source.gradient else { return }
    multiply(
      rowMatrix, Matrix(pass.parameters + weight.offset, stride: inputs),
      into: Matrix(target.row(row), stride: inputs), m: width, n: inputs, k: classes,
      beta: source.hasGradient ? 1 : 0)
  }
}
