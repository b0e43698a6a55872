// A transposed convolution as products of rows with single taps: the plain form.

/// Each output row of one parity is a sum of products of source rows with single taps, which are contiguous in
/// `[k, k, O, I]`; f32 only, windows of 2 and 4.
final class MatrixUpconvolution: Upconvolution {
  private let ends: UpconvolutionEnds
  /// Weight gradients by share.
  private let parts: MemoryBlock?

  /// - Parameter backward: the step of the backward pass.
  init(_ ends: UpconvolutionEnds, in plan: MemoryPlan, backward: Int) {
    self.ends = ends
    let bytes = 4 * shareCount(pixels: ends.source.shape.pixels) * ends.weight.count
    parts = ends.output.gradient != nil ? plan.reserve(byteCount: bytes, lifetime: backward...backward) : nil
  }

  private var source: Activation { ends.source }
  private var output: Activation { ends.output }
  private var window: Int { ends.window }
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
    let rows = source.shape.rows
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
    let offsets = pass.parameters + ends.bias.offset
    for x in 0..<output.shape.w { (target + x * outputs).update(from: offsets, count: outputs) }
    for (ky, dy) in taps(a) {
      for b in 0..<2 {
        for (kx, dx) in taps(b) {
          multiply(
            Matrix(source.value.row(n, y + dy) + dx * inputs, stride: inputs),
            tap(ky, kx, in: pass.parameters + ends.weight.offset).transposed,
            into: Matrix(target + b * outputs, stride: 2 * outputs), m: source.shape.w, n: outputs, k: inputs, beta: 1)
        }
      }
    }
    guard ends.isRectified else { return }
    for i in 0..<(output.shape.w * outputs) { target[i] = max(0, target[i]) }
  }
}

// Gradients.
extension MatrixUpconvolution {
  func backward(_ pass: Pass) {
    guard let gradient = output.gradient, let parts else { preconditionFailure("made for inference") }
    let rows = source.shape.rows
    let shares = shareCount(pixels: source.shape.pixels)
    pass.workers.run(shares: shares) { share, _ in
      let part = parts.floats + share * ends.weight.count
      part.update(repeating: 0, count: ends.weight.count)
      for row in Workers.range(of: share, shares: shares, count: rows) {
        for a in 0..<2 { differentiateWeights(gradient, a, of: row, part: part) }
        if let target = source.gradient { differentiateSource(gradient, row: row, to: target, pass) }
      }
    }
    addParts(
      parts.floats, shares: shares, count: ends.weight.count, to: pass.gradients + ends.weight.offset,
      workers: pass.workers)
  }

  /// Adds what output row 2y + a tells of the weights.
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
  }

  /// The gradient of source row y: a convolution of stride 2 over the output's, which has no border.
  private func differentiateSource(_ gradient: BatchTensor, row: Int, to target: BatchTensor, _ pass: Pass) {
    let (n, y, width) = (row / source.shape.h, row % source.shape.h, source.shape.w)
    let sum = target.row(row)
    sum.update(repeating: 0, count: width * inputs)
    for ky in 0..<window where (0..<output.shape.h).contains(2 * y - padding + ky) {
      let slopes = gradient.row(n, 2 * y - padding + ky)
      for kx in 0..<window {
        let columns = (0..<width).filter { (0..<output.shape.w).contains(2 * $0 - padding + kx) }
        guard let first = columns.first else { continue }
        multiply(
          Matrix(slopes + (2 * first - padding + kx) * outputs, stride: 2 * outputs),
          tap(ky, kx, in: pass.parameters + ends.weight.offset), into: Matrix(sum + first * inputs, stride: inputs),
          m: columns.count, n: inputs, k: outputs, beta: 1)
      }
    }
  }
}
