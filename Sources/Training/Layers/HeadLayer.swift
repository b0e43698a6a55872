// 1×1 convolution from the last activation to one score per class.
import Tensors

/// `logits = weight · in + bias`, f32 compact `[n, h, w, classes]`.
final class HeadLayer: TrainingLayer {
  let name: String
  let source: Activation
  let logits: BatchTensor
  /// By the logits; the loss writes it.
  let gradient: BatchTensor?
  let weight, bias: Parameter
  private let passes: NormPasses
  private let parts: MemoryBlock?

  init(
    name: String, source: Activation, classes: Int, layout: inout ParameterLayout, passes: NormPasses,
    in plan: MemoryPlan, schedule: PassSchedule
  ) {
    (self.name, self.source, self.passes) = (name, source, passes)
    var shape = source.shape
    shape.c = classes
    logits = BatchTensor(shape, real: .f32, in: plan, lifetime: schedule.forward(name)...schedule.end)
    weight = layout.add("\(name).weight", shape: [classes, 1, 1, source.shape.c], kind: .weight)
    bias = layout.add("\(name).bias", shape: [classes], kind: .offset)
    let backward = schedule.backward(name)
    let bytes = 4 * shareCount(pixels: shape.pixels) * (weight.count + classes)
    let isTrained = schedule.wantsGradient
    gradient = isTrained ? BatchTensor(shape, real: .f32, in: plan, lifetime: schedule.gradient(name)) : nil
    parts = isTrained ? plan.reserve(byteCount: bytes, lifetime: backward...backward) : nil
  }

  var multiplyAccumulates: Int { source.shape.pixels * weight.count }

  private var inputs: Int { source.shape.c }
  private var classes: Int { logits.shape.c }

  func forward(_ pass: Pass) { pass.timed(.head) { score(pass) } }

  func backward(_ pass: Pass) { pass.timed(.head) { differentiate(pass) } }

  private func score(_ pass: Pass) {
    let rows = source.shape.rows
    let shares = shareCount(pixels: source.shape.pixels)
    let offsets = pass.parameters + bias.offset
    pass.workers.run(shares: shares, floats: source.shape.w * inputs) { share, scratch in
      for row in Workers.range(of: share, shares: shares, count: rows) {
        let target = logits.row(row)
        for x in 0..<source.shape.w { (target + x * classes).update(from: offsets, count: classes) }
        multiply(
          Matrix(floats(row, scratch), stride: inputs),
          Matrix(pass.parameters + weight.offset, stride: inputs).transposed,
          into: Matrix(target, stride: classes), m: source.shape.w, n: classes, k: inputs, beta: 1)
      }
    }
  }

  private func differentiate(_ pass: Pass) {
    guard let gradient, let parts else { preconditionFailure("\(name) was made for inference") }
    let rows = source.shape.rows
    let shares = shareCount(pixels: source.shape.pixels)
    let size = weight.count + classes
    pass.workers.run(shares: shares, floats: source.shape.w * inputs) { share, scratch in
      let part = parts.floats + share * size
      part.update(repeating: 0, count: size)
      for row in Workers.range(of: share, shares: shares, count: rows) {
        differentiate(gradient.row(row), row: row, part: part, scratch: scratch, pass)
      }
    }
    let (weights, offsets) = (pass.gradients + weight.offset, pass.gradients + bias.offset)
    for i in 0..<weight.count { weights[i] = (0..<shares).reduce(0) { $0 + parts.floats[$1 * size + i] } }
    for i in 0..<classes { offsets[i] = (0..<shares).reduce(0) { $0 + parts.floats[$1 * size + weight.count + i] } }
  }

  /// A row of the source as floats, in `scratch` where they are not.
  private func floats(_ row: Int, _ scratch: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Float> {
    guard source.value.real != .f32 else { return source.value.row(row) }
    passes.widen(source.value.address(row), to: scratch, count: source.shape.w * inputs)
    return scratch
  }

  private func differentiate(
    _ gradient: UnsafeMutablePointer<Float>, row: Int, part: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<Float>, _ pass: Pass
  ) {
    let width = source.shape.w
    let rowMatrix = Matrix(gradient, stride: classes)
    multiply(
      rowMatrix.transposed, Matrix(floats(row, scratch), stride: inputs), into: Matrix(part, stride: inputs),
      m: classes, n: inputs, k: width, beta: 1)
    for x in 0..<width {
      for c in 0..<classes { part[weight.count + c] += gradient[x * classes + c] }
    }
    guard let target = source.gradient else { return }
    let isDirect = target.real == .f32
    multiply(
      rowMatrix, Matrix(pass.parameters + weight.offset, stride: inputs),
      into: Matrix(isDirect ? target.row(row) : scratch, stride: inputs), m: width, n: inputs, k: classes)
    if !isDirect { passes.narrow(scratch, to: target.address(row), count: width * inputs) }
  }
}
